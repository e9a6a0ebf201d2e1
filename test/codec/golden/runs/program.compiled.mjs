import { $begin, $lib, $module, $overlap, $save, $settle, $string, $tag, $touch, $unwind } from "flowc/runtime";
/** Workflows that are parked in every state the runtime knows. `program.compiled.mjs` is what the compiler made of them when the goldens were written. */
import { all, any, callback, channel, map, note, overlap, queue, race, settle, sleep, spawn, start, step, withTimeout, } from "flowc";
const $m = $module(1, "program.ts");
const SUSPEND = $m.SUSPEND;
const step$ = $m.code("step$1", { name: "step$1", hash: "d5f262266d72" });
const step$2$ = $m.code("step$2", { name: "step$2", hash: "d5f262266d72" });
const key$ = $m.code("key", { name: "key", hash: "a39860aa7af8" });
const oneCall$ = $m.code("oneCall", {
    name: "oneCall",
    hash: "3e987502303d",
    resume: oneCall$resume,
    points: [
        [33, 18, "const answer = ask(question);"]
    ]
});
$m.bind(oneCall$, oneCall);
const lentOut$ = $m.code("lentOut", {
    name: "lentOut",
    hash: "67fc0d839aa5",
    resume: lentOut$resume,
    points: [
        [39, 10, "return lent(question);"]
    ]
});
$m.bind(lentOut$, lentOut);
const strands_counting_anonymous$ = $m.code("strands.counting.anonymous$1", {
    name: "strands.counting.anonymous$1",
    hash: "4a014ba5ed67",
    resume: strands_counting_anonymous$resume,
    make: strands_counting_anonymous$make,
    captures: ["$s1", "name"],
    points: [
        [47, 23, "return `${name} ${ask(name)}`;"]
    ]
});
const strands_counting$ = $m.code("strands.counting", { name: "strands.counting", hash: "99112f7d358a", make: strands_counting$make, captures: ["$s1"] });
const strands_map$ = $m.code("strands.map$1", {
    name: "strands.map$1",
    hash: "843f10583f96",
    resume: strands_map$resume,
    make: strands_map$make,
    points: [
        [52, 14, "return task.join();"]
    ]
});
const strands$ = $m.code("strands", {
    name: "strands",
    hash: "a5f548698a66",
    resume: strands$resume,
    points: [
        [50, 16, "const told = tasks.map((task) => {"]
    ]
});
$m.bind(strands$, strands);
const groups_careful$ = $m.code("groups.careful", {
    name: "groups.careful",
    hash: "8982a37598b4",
    resume: groups_careful$resume,
    make: groups_careful$make,
    captures: ["log"],
    points: [
        [65, 14, "return ask(name);"]
    ]
});
const groups_anonymous$1_map$ = $m.code("groups.anonymous$1.map$1", {
    name: "groups.anonymous$1.map$1",
    hash: "2417a9d2fbc6",
    resume: groups_anonymous$1_map$resume,
    make: groups_anonymous$1_map$make,
    captures: ["careful"],
    points: [
        [71, 45, "() => map([\"m1\", \"m2\", \"m3\"], (name) => careful(name), { concurrency: 2 }),"]
    ]
});
const groups_anonymous$ = $m.code("groups.anonymous$1", {
    name: "groups.anonymous$1",
    hash: "b878cd9d06cb",
    resume: groups_anonymous$resume,
    make: groups_anonymous$make,
    captures: ["careful"],
    points: [
        [71, 11, "() => map([\"m1\", \"m2\", \"m3\"], (name) => careful(name), { concurrency: 2 }),"]
    ]
});
const groups_anonymous$2_anonymous$ = $m.code("groups.anonymous$2.anonymous$1", {
    name: "groups.anonymous$2.anonymous$1",
    hash: "9aa53db1948d",
    resume: groups_anonymous$2_anonymous$resume,
    make: groups_anonymous$2_anonymous$make,
    captures: ["careful"],
    points: [
        [72, 23, "() => race([() => careful(\"r1\"), () => careful(\"r2\")]),"]
    ]
});
const groups_anonymous$2_anonymous$2$ = $m.code("groups.anonymous$2.anonymous$2", {
    name: "groups.anonymous$2.anonymous$2",
    hash: "2ebe3134e8ab",
    resume: groups_anonymous$2_anonymous$2$resume,
    make: groups_anonymous$2_anonymous$2$make,
    captures: ["careful"],
    points: [
        [72, 44, "() => race([() => careful(\"r1\"), () => careful(\"r2\")]),"]
    ]
});
const groups_anonymous$2$ = $m.code("groups.anonymous$2", {
    name: "groups.anonymous$2",
    hash: "e1c0118d43b7",
    resume: groups_anonymous$2$resume,
    make: groups_anonymous$2$make,
    captures: ["careful"],
    points: [
        [72, 11, "() => race([() => careful(\"r1\"), () => careful(\"r2\")]),"]
    ]
});
const groups_anonymous$3_anonymous$ = $m.code("groups.anonymous$3.anonymous$1", {
    name: "groups.anonymous$3.anonymous$1",
    hash: "87aaedd982b3",
    resume: groups_anonymous$3_anonymous$resume,
    make: groups_anonymous$3_anonymous$make,
    captures: ["careful"],
    points: [
        [73, 22, "() => any([() => careful(\"y1\"), () => careful(\"y2\")]),"]
    ]
});
const groups_anonymous$3_anonymous$2$ = $m.code("groups.anonymous$3.anonymous$2", {
    name: "groups.anonymous$3.anonymous$2",
    hash: "00a74774b02a",
    resume: groups_anonymous$3_anonymous$2$resume,
    make: groups_anonymous$3_anonymous$2$make,
    captures: ["careful"],
    points: [
        [73, 43, "() => any([() => careful(\"y1\"), () => careful(\"y2\")]),"]
    ]
});
const groups_anonymous$3$ = $m.code("groups.anonymous$3", {
    name: "groups.anonymous$3",
    hash: "19ac7ddf78af",
    resume: groups_anonymous$3$resume,
    make: groups_anonymous$3$make,
    captures: ["careful"],
    points: [
        [73, 11, "() => any([() => careful(\"y1\"), () => careful(\"y2\")]),"]
    ]
});
const groups_anonymous$4_anonymous$ = $m.code("groups.anonymous$4.anonymous$1", {
    name: "groups.anonymous$4.anonymous$1",
    hash: "f8c164c4f3cb",
    resume: groups_anonymous$4_anonymous$resume,
    make: groups_anonymous$4_anonymous$make,
    captures: ["careful"],
    points: [
        [74, 25, "() => settle([() => careful(\"s1\"), () => careful(\"s2\")]),"]
    ]
});
const groups_anonymous$4_anonymous$2$ = $m.code("groups.anonymous$4.anonymous$2", {
    name: "groups.anonymous$4.anonymous$2",
    hash: "413197039491",
    resume: groups_anonymous$4_anonymous$2$resume,
    make: groups_anonymous$4_anonymous$2$make,
    captures: ["careful"],
    points: [
        [74, 46, "() => settle([() => careful(\"s1\"), () => careful(\"s2\")]),"]
    ]
});
const groups_anonymous$4$ = $m.code("groups.anonymous$4", {
    name: "groups.anonymous$4",
    hash: "0af979181ebe",
    resume: groups_anonymous$4$resume,
    make: groups_anonymous$4$make,
    captures: ["careful"],
    points: [
        [74, 11, "() => settle([() => careful(\"s1\"), () => careful(\"s2\")]),"]
    ]
});
const groups$ = $m.code("groups", {
    name: "groups",
    hash: "a6b1a521df0a",
    resume: groups$resume,
    points: [
        [70, 43, "const [mapped, raced, first, settled] = all(["]
    ]
});
$m.bind(groups$, groups);
const overlapping_overlap$ = $m.code("overlapping.overlap$1", {
    name: "overlapping.overlap$1",
    hash: "c5676ac98fa2",
    resume: overlapping_overlap$resume,
    make: overlapping_overlap$make,
    points: [
        [85, 15, "return `${both} in ${town}`;"],
        [85, 15, "return `${both} in ${town}`;"],
        [85, 26, "return `${both} in ${town}`;"],
        [85, 26, "return `${both} in ${town}`;"],
        [81, 18, "return overlap(() => {"],
        [81, 18, "return overlap(() => {"],
        [81, 18, "return overlap(() => {"]
    ]
});
const overlapping$ = $m.code("overlapping", {
    name: "overlapping",
    hash: "27bbf443371c",
    resume: overlapping$resume,
    points: [
        [81, 10, "return overlap(() => {"]
    ]
});
$m.bind(overlapping$, overlapping);
const mailbox$ = $m.code("mailbox", {
    name: "mailbox",
    hash: "e01aefc5ef65",
    resume: mailbox$resume,
    points: [
        [91, 17, "const first = Orders.receive();"],
        [92, 3, "sleep(\"1 day\");"],
        [93, 18, "const second = Orders.receive({ timeout: \"1 hour\" });"]
    ]
});
$m.bind(mailbox$, mailbox);
const answered_withTimeout$1_callback$ = $m.code("answered.withTimeout$1.callback$1", { name: "answered.withTimeout$1.callback$1", hash: "4728c17316b7", make: answered_withTimeout$1_callback$make });
const answered_withTimeout$ = $m.code("answered.withTimeout$1", {
    name: "answered.withTimeout$1",
    hash: "7c66c3c8e572",
    resume: answered_withTimeout$resume,
    make: answered_withTimeout$make,
    points: [
        [99, 38, "return withTimeout(\"2 days\", () => callback<string>((token) => note(\"token\", token)));"]
    ]
});
const answered$ = $m.code("answered", {
    name: "answered",
    hash: "06ed6266822f",
    resume: answered$resume,
    points: [
        [99, 10, "return withTimeout(\"2 days\", () => callback<string>((token) => note(\"token\", token)));"]
    ]
});
$m.bind(answered$, answered);
const parent$ = $m.code("parent", {
    name: "parent",
    hash: "c6aa6ae0e350",
    resume: parent$resume,
    points: [
        [105, 3, "ask(\"meanwhile\");"],
        [106, 20, "return `child: ${child.result()}`;"]
    ]
});
$m.bind(parent$, parent);
const undoing$ = $m.code("undoing", {
    name: "undoing",
    hash: "ca93faad6bbf",
    resume: undoing$resume,
    points: [
        [112, 12, "return ask(\"do\");"],
        [114, 5, "ask(\"undo\");"]
    ]
});
$m.bind(undoing$, undoing);
const endless$ = $m.code("endless", {
    name: "endless",
    hash: "317c9b225403",
    resume: endless$resume,
    points: [
        [120, 30, "for (let day = 0; ; day++) sleep(\"1 day\");"]
    ]
});
$m.bind(endless$, endless);
const gpu = queue("gpu", { concurrency: 1 });
$m.value("gpu", gpu);
// The scenarios answer for the bodies.
const ask = step($m.bind(step$, (question) => question), {
    name: "ask",
    retry: { attempts: 3, backoff: "1 minute", jitter: 0 },
}, "program.ts#ask");
$m.value("ask", ask);
const lent = step($m.bind(step$2$, (question) => question), { name: "lent", queue: gpu, key: $m.bind(key$, { key: (question) => question }.key), priority: 2 }, "program.ts#lent");
$m.value("lent", lent);
const Orders = channel("orders");
$m.value("Orders", Orders);
/** One call, whatever becomes of it. */
export function oneCall(question) {
    const before = new Map([["asked", question]]);
    const answer = ask(question);
    if (typeof answer === "object" && answer === SUSPEND)
        return $save(oneCall$, 0, { before });
    return `${before.get("asked")}: ${answer}`;
}
/** A step that another worker performs. */
export function lentOut(question) {
    const $1 = lent(question);
    if (typeof $1 === "object" && $1 === SUSPEND)
        return $save(lentOut$, 0, {});
    return $1;
}
/** Strands that share a variable, one of which has ended, one that failed and one that waits. */
export function strands() {
    const $s1 = { count: void 0 };
    $s1.count = 0;
    const counting = (name) => $tag(() => {
        $s1.count++;
        const $1 = ask(name);
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(strands_counting_anonymous$, 0, { name });
        return `${name} ${$1}`;
    }, strands_counting_anonymous$, [$s1, name]);
    $tag(counting, strands_counting$, [$s1]);
    const tasks = [spawn(counting("a")), spawn(counting("b")), spawn(counting("c"))];
    const told = $lib(tasks.map).call(tasks, $tag((task) => {
        try {
            const $1 = task.join();
            if (typeof $1 === "object" && $1 === SUSPEND)
                return $save(strands_map$, 0, {});
            return $1;
        }
        catch (error) {
            {
                return error.message;
            }
        }
    }, strands_map$, []));
    if (told === SUSPEND)
        return $save(strands$, 0, { $s1 });
    return `${$s1.count}: ${told.join(", ")}`;
}
/** Constructs within one another, all under way. */
export function groups() {
    const log = [];
    const careful = (name) => {
        let $completion = 0;
        let $result;
        $L1: {
            try {
                const $1 = ask(name);
                if (typeof $1 === "object" && $1 === SUSPEND)
                    return $save(groups_careful$, 0, { name, log });
                $result = $1;
                $completion = 2;
                break $L1;
            }
            catch ($thrown) {
                $completion = 1;
                $result = $thrown;
            }
        }
        {
            log.push(`${name} left`);
        }
        if ($completion === 1)
            throw $result;
        if ($completion === 2)
            return $result;
    };
    $tag(careful, groups_careful$, [log]);
    const $1 = all([
        $tag(() => {
            const $1 = map(["m1", "m2", "m3"], $tag((name) => {
                const $1 = careful(name);
                if (typeof $1 === "object" && $1 === SUSPEND)
                    return $save(groups_anonymous$1_map$, 0, {});
                return $1;
            }, groups_anonymous$1_map$, [careful]), { concurrency: 2 });
            if ($1 === SUSPEND)
                return $save(groups_anonymous$, 0, {});
            return $1;
        }, groups_anonymous$, [careful]),
        $tag(() => {
            const $1 = race([$tag(() => {
                    const $1 = careful("r1");
                    if (typeof $1 === "object" && $1 === SUSPEND)
                        return $save(groups_anonymous$2_anonymous$, 0, {});
                    return $1;
                }, groups_anonymous$2_anonymous$, [careful]), $tag(() => {
                    const $1 = careful("r2");
                    if (typeof $1 === "object" && $1 === SUSPEND)
                        return $save(groups_anonymous$2_anonymous$2$, 0, {});
                    return $1;
                }, groups_anonymous$2_anonymous$2$, [careful])]);
            if (typeof $1 === "object" && $1 === SUSPEND)
                return $save(groups_anonymous$2$, 0, {});
            return $1;
        }, groups_anonymous$2$, [careful]),
        $tag(() => {
            const $1 = any([$tag(() => {
                    const $1 = careful("y1");
                    if (typeof $1 === "object" && $1 === SUSPEND)
                        return $save(groups_anonymous$3_anonymous$, 0, {});
                    return $1;
                }, groups_anonymous$3_anonymous$, [careful]), $tag(() => {
                    const $1 = careful("y2");
                    if (typeof $1 === "object" && $1 === SUSPEND)
                        return $save(groups_anonymous$3_anonymous$2$, 0, {});
                    return $1;
                }, groups_anonymous$3_anonymous$2$, [careful])]);
            if (typeof $1 === "object" && $1 === SUSPEND)
                return $save(groups_anonymous$3$, 0, {});
            return $1;
        }, groups_anonymous$3$, [careful]),
        $tag(() => {
            const $1 = settle([$tag(() => {
                    const $1 = careful("s1");
                    if (typeof $1 === "object" && $1 === SUSPEND)
                        return $save(groups_anonymous$4_anonymous$, 0, {});
                    return $1;
                }, groups_anonymous$4_anonymous$, [careful]), $tag(() => {
                    const $1 = careful("s2");
                    if (typeof $1 === "object" && $1 === SUSPEND)
                        return $save(groups_anonymous$4_anonymous$2$, 0, {});
                    return $1;
                }, groups_anonymous$4_anonymous$2$, [careful])]);
            if ($1 === SUSPEND)
                return $save(groups_anonymous$4$, 0, {});
            return $1;
        }, groups_anonymous$4$, [careful]),
    ]);
    if ($1 === SUSPEND)
        return $save(groups$, 0, { log });
    const [mapped, raced, first, settled] = $1;
    return `${mapped.join("+")} ${raced} ${first} ${settled.map(({ status }) => status).join("+")} (${log.join(", ")})`;
}
/** Calls of which one waits for the result of another. */
export function overlapping() {
    const $1 = overlap($tag(() => {
        const $overlap2 = $overlap();
        try {
            const $1 = ask;
            const $2 = $begin($overlap2, "ask", $1, void 0, ["name"]);
            const name = $2;
            const $3 = ask;
            const $4 = $begin($overlap2, "ask", $3, void 0, ["town"]);
            const town = $4;
            const $5 = ask;
            const $6 = name;
            const $7 = $begin($overlap2, "ask", $5, void 0, [$6]);
            const both = $7;
            const $8 = $touch($overlap2, both);
            if ($8 === SUSPEND)
                return $save(overlapping_overlap$, 0, { $overlap2, town });
            const $9 = $string($8);
            if ($9 === SUSPEND)
                return $save(overlapping_overlap$, 1, { $overlap2, town });
            const $10 = $touch($overlap2, town);
            if ($10 === SUSPEND)
                return $save(overlapping_overlap$, 2, { $overlap2, $9 });
            const $11 = $string($10);
            if ($11 === SUSPEND)
                return $save(overlapping_overlap$, 3, { $overlap2, $9 });
            const $12 = $settle($overlap2, 0, "" + $9 + " in " + $11);
            if ($12 === SUSPEND)
                return $save(overlapping_overlap$, 4, { $overlap2 });
            return $12;
            const $13 = $settle($overlap2, 0, void 0);
            if ($13 === SUSPEND)
                return $save(overlapping_overlap$, 5, {});
        }
        catch ($error2) {
            const $14 = $unwind($overlap2, 0, $error2, true);
            if ($14 === SUSPEND)
                return $save(overlapping_overlap$, 6, {});
            throw $14;
        }
    }, overlapping_overlap$, []));
    if (typeof $1 === "object" && $1 === SUSPEND)
        return $save(overlapping$, 0, {});
    return $1;
}
/** Values on their way in, one of which nobody has received yet. */
export function mailbox() {
    const first = Orders.receive();
    if (first === SUSPEND)
        return $save(mailbox$, 0, {});
    const $1 = sleep("1 day");
    if (typeof $1 === "object" && $1 === SUSPEND)
        return $save(mailbox$, 1, { first });
    const second = Orders.receive({ timeout: "1 hour" });
    if (second === SUSPEND)
        return $save(mailbox$, 2, { first });
    return `${first.sku} ${[...first.tags].join()}, ${second?.sku ?? "nothing"}`;
}
/** A callback that is open, inside a limit of time. */
export function answered() {
    const $1 = withTimeout("2 days", $tag(() => {
        const $1 = callback($tag((token) => note("token", token), answered_withTimeout$1_callback$, []));
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(answered_withTimeout$, 0, {});
        return $1;
    }, answered_withTimeout$, []));
    if (typeof $1 === "object" && $1 === SUSPEND)
        return $save(answered$, 0, {});
    return $1;
}
/** A run that this one has started. */
export function parent() {
    const child = start(oneCall, ["of the child"], { id: "golden-child" });
    const $1 = ask("meanwhile");
    if (typeof $1 === "object" && $1 === SUSPEND)
        return $save(parent$, 0, { child });
    const $2 = child.result();
    if (typeof $2 === "object" && $2 === SUSPEND)
        return $save(parent$, 1, {});
    return `child: ${$2}`;
}
/** Undoes what it did when it is asked to end. */
export function undoing() {
    let $completion = 0;
    let $result;
    $L1: {
        try {
            const $1 = ask("do");
            if (typeof $1 === "object" && $1 === SUSPEND)
                return $save(undoing$, 0, {});
            $result = $1;
            $completion = 2;
            break $L1;
        }
        catch ($thrown) {
            $completion = 1;
            $result = $thrown;
        }
    }
    {
        const $2 = ask("undo");
        if (typeof $2 === "object" && $2 === SUSPEND)
            return $save(undoing$, 1, { $completion, $result });
    }
    if ($completion === 1)
        throw $result;
    if ($completion === 2)
        return $result;
}
/** Never ends by itself. */
export function endless() {
    for (let day = 0;; day++) {
        const $1 = sleep("1 day");
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(endless$, 0, { day });
    }
}
function oneCall$resume($frame, $mode, $value) {
    let { before } = $frame.slots, answer;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                answer = $value;
                return `${before.get("asked")}: ${answer}`;
        }
    }
}
function lentOut$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function strands_counting_anonymous$resume($frame, $mode, $value) {
    let { name } = $frame.slots, $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return `${name} ${$1}`;
        }
    }
}
function strands_counting_anonymous$make($s1, name) {
    return $tag(() => {
        $s1.count++;
        const $1 = ask(name);
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(strands_counting_anonymous$, 0, { name });
        return `${name} ${$1}`;
    }, strands_counting_anonymous$, [$s1, name]);
}
function strands_counting$make($s1) {
    return $tag({ counting: (name) => $tag(() => {
            $s1.count++;
            const $1 = ask(name);
            if (typeof $1 === "object" && $1 === SUSPEND)
                return $save(strands_counting_anonymous$, 0, { name });
            return `${name} ${$1}`;
        }, strands_counting_anonymous$, [$s1, name]) }.counting, strands_counting$, [$s1]);
}
function strands_map$resume($frame, $mode, $value) {
    let $1, error;
    let $block = $frame.point;
    for (;;) {
        try {
            switch ($block) {
                case 0:
                    if ($mode) {
                        $mode = 0;
                        throw $value;
                    }
                    $1 = $value;
                    return $1;
                case 2:
                    error = $value;
                    {
                        return error.message;
                    }
                    return;
            }
        }
        catch ($error) {
            switch ($block) {
                case 0:
                    $block = 2;
                    break;
                default: throw $error;
            }
            $value = $error;
        }
    }
}
function strands_map$make() {
    return $tag((task) => {
        try {
            const $1 = task.join();
            if (typeof $1 === "object" && $1 === SUSPEND)
                return $save(strands_map$, 0, {});
            return $1;
        }
        catch (error) {
            {
                return error.message;
            }
        }
    }, strands_map$, []);
}
function strands$resume($frame, $mode, $value) {
    let { $s1 } = $frame.slots, told;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                told = $value;
                return `${$s1.count}: ${told.join(", ")}`;
        }
    }
}
function groups_careful$resume($frame, $mode, $value) {
    let { name, log } = $frame.slots, $1, $result, $completion, $thrown;
    let $block = $frame.point;
    for (;;) {
        try {
            switch ($block) {
                case 0:
                    if ($mode) {
                        $mode = 0;
                        throw $value;
                    }
                    $1 = $value;
                    $result = $1;
                    $completion = 2;
                    $block = 2;
                    continue;
                case 3:
                    $thrown = $value;
                    $completion = 1;
                    $result = $thrown;
                    $block = 2;
                case 2:
                    {
                        log.push(`${name} left`);
                    }
                    $block = $completion === 1 ? 7 : 8;
                    if ($block === 8)
                        continue;
                case 7: throw $result;
                case 8:
                    $block = $completion === 2 ? 10 : 11;
                    if ($block === 11)
                        continue;
                case 10: return $result;
                case 11: return;
            }
        }
        catch ($error) {
            switch ($block) {
                case 0:
                    $block = 3;
                    break;
                default: throw $error;
            }
            $value = $error;
        }
    }
}
function groups_careful$make(log) {
    return $tag({ careful: (name) => {
            let $completion = 0;
            let $result;
            $L1: {
                try {
                    const $1 = ask(name);
                    if (typeof $1 === "object" && $1 === SUSPEND)
                        return $save(groups_careful$, 0, { name, log });
                    $result = $1;
                    $completion = 2;
                    break $L1;
                }
                catch ($thrown) {
                    $completion = 1;
                    $result = $thrown;
                }
            }
            {
                log.push(`${name} left`);
            }
            if ($completion === 1)
                throw $result;
            if ($completion === 2)
                return $result;
        } }.careful, groups_careful$, [log]);
}
function groups_anonymous$1_map$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function groups_anonymous$1_map$make(careful) {
    return $tag((name) => {
        const $1 = careful(name);
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(groups_anonymous$1_map$, 0, {});
        return $1;
    }, groups_anonymous$1_map$, [careful]);
}
function groups_anonymous$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function groups_anonymous$make(careful) {
    return $tag(() => {
        const $1 = map(["m1", "m2", "m3"], $tag((name) => {
            const $1 = careful(name);
            if (typeof $1 === "object" && $1 === SUSPEND)
                return $save(groups_anonymous$1_map$, 0, {});
            return $1;
        }, groups_anonymous$1_map$, [careful]), { concurrency: 2 });
        if ($1 === SUSPEND)
            return $save(groups_anonymous$, 0, {});
        return $1;
    }, groups_anonymous$, [careful]);
}
function groups_anonymous$2_anonymous$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function groups_anonymous$2_anonymous$make(careful) {
    return $tag(() => {
        const $1 = careful("r1");
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(groups_anonymous$2_anonymous$, 0, {});
        return $1;
    }, groups_anonymous$2_anonymous$, [careful]);
}
function groups_anonymous$2_anonymous$2$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function groups_anonymous$2_anonymous$2$make(careful) {
    return $tag(() => {
        const $1 = careful("r2");
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(groups_anonymous$2_anonymous$2$, 0, {});
        return $1;
    }, groups_anonymous$2_anonymous$2$, [careful]);
}
function groups_anonymous$2$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function groups_anonymous$2$make(careful) {
    return $tag(() => {
        const $1 = race([$tag(() => {
                const $1 = careful("r1");
                if (typeof $1 === "object" && $1 === SUSPEND)
                    return $save(groups_anonymous$2_anonymous$, 0, {});
                return $1;
            }, groups_anonymous$2_anonymous$, [careful]), $tag(() => {
                const $1 = careful("r2");
                if (typeof $1 === "object" && $1 === SUSPEND)
                    return $save(groups_anonymous$2_anonymous$2$, 0, {});
                return $1;
            }, groups_anonymous$2_anonymous$2$, [careful])]);
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(groups_anonymous$2$, 0, {});
        return $1;
    }, groups_anonymous$2$, [careful]);
}
function groups_anonymous$3_anonymous$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function groups_anonymous$3_anonymous$make(careful) {
    return $tag(() => {
        const $1 = careful("y1");
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(groups_anonymous$3_anonymous$, 0, {});
        return $1;
    }, groups_anonymous$3_anonymous$, [careful]);
}
function groups_anonymous$3_anonymous$2$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function groups_anonymous$3_anonymous$2$make(careful) {
    return $tag(() => {
        const $1 = careful("y2");
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(groups_anonymous$3_anonymous$2$, 0, {});
        return $1;
    }, groups_anonymous$3_anonymous$2$, [careful]);
}
function groups_anonymous$3$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function groups_anonymous$3$make(careful) {
    return $tag(() => {
        const $1 = any([$tag(() => {
                const $1 = careful("y1");
                if (typeof $1 === "object" && $1 === SUSPEND)
                    return $save(groups_anonymous$3_anonymous$, 0, {});
                return $1;
            }, groups_anonymous$3_anonymous$, [careful]), $tag(() => {
                const $1 = careful("y2");
                if (typeof $1 === "object" && $1 === SUSPEND)
                    return $save(groups_anonymous$3_anonymous$2$, 0, {});
                return $1;
            }, groups_anonymous$3_anonymous$2$, [careful])]);
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(groups_anonymous$3$, 0, {});
        return $1;
    }, groups_anonymous$3$, [careful]);
}
function groups_anonymous$4_anonymous$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function groups_anonymous$4_anonymous$make(careful) {
    return $tag(() => {
        const $1 = careful("s1");
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(groups_anonymous$4_anonymous$, 0, {});
        return $1;
    }, groups_anonymous$4_anonymous$, [careful]);
}
function groups_anonymous$4_anonymous$2$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function groups_anonymous$4_anonymous$2$make(careful) {
    return $tag(() => {
        const $1 = careful("s2");
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(groups_anonymous$4_anonymous$2$, 0, {});
        return $1;
    }, groups_anonymous$4_anonymous$2$, [careful]);
}
function groups_anonymous$4$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function groups_anonymous$4$make(careful) {
    return $tag(() => {
        const $1 = settle([$tag(() => {
                const $1 = careful("s1");
                if (typeof $1 === "object" && $1 === SUSPEND)
                    return $save(groups_anonymous$4_anonymous$, 0, {});
                return $1;
            }, groups_anonymous$4_anonymous$, [careful]), $tag(() => {
                const $1 = careful("s2");
                if (typeof $1 === "object" && $1 === SUSPEND)
                    return $save(groups_anonymous$4_anonymous$2$, 0, {});
                return $1;
            }, groups_anonymous$4_anonymous$2$, [careful])]);
        if ($1 === SUSPEND)
            return $save(groups_anonymous$4$, 0, {});
        return $1;
    }, groups_anonymous$4$, [careful]);
}
function groups$resume($frame, $mode, $value) {
    let { log } = $frame.slots, $1, mapped, raced, first, settled;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                [mapped, raced, first, settled] = $1;
                return `${mapped.join("+")} ${raced} ${first} ${settled.map(({ status }) => status).join("+")} (${log.join(", ")})`;
        }
    }
}
function overlapping_overlap$resume($frame, $mode, $value) {
    let { $overlap2, town, $9 } = $frame.slots, $8, $10, $11, $12, $error2, $14;
    let $block = $frame.point;
    for (;;) {
        try {
            switch ($block) {
                case 0:
                    if ($mode) {
                        $mode = 0;
                        throw $value;
                    }
                    $8 = $value;
                    $value = $string($8);
                    if ($value === SUSPEND)
                        return $save(overlapping_overlap$, 1, { $overlap2, town });
                    $block = 1;
                case 1:
                    if ($mode) {
                        $mode = 0;
                        throw $value;
                    }
                    $9 = $value;
                    $value = $touch($overlap2, town);
                    if ($value === SUSPEND)
                        return $save(overlapping_overlap$, 2, { $overlap2, $9 });
                    $block = 2;
                case 2:
                    if ($mode) {
                        $mode = 0;
                        throw $value;
                    }
                    $10 = $value;
                    $value = $string($10);
                    if ($value === SUSPEND)
                        return $save(overlapping_overlap$, 3, { $overlap2, $9 });
                    $block = 3;
                case 3:
                    if ($mode) {
                        $mode = 0;
                        throw $value;
                    }
                    $11 = $value;
                    $value = $settle($overlap2, 0, "" + $9 + " in " + $11);
                    if ($value === SUSPEND)
                        return $save(overlapping_overlap$, 4, { $overlap2 });
                    $block = 4;
                case 4:
                    if ($mode) {
                        $mode = 0;
                        throw $value;
                    }
                    $12 = $value;
                    return $12;
                case 8:
                    $error2 = $value;
                    $value = $unwind($overlap2, 0, $error2, true);
                    if ($value === SUSPEND)
                        return $save(overlapping_overlap$, 6, {});
                    $block = 6;
                case 6:
                    if ($mode) {
                        $mode = 0;
                        throw $value;
                    }
                    $14 = $value;
                    throw $14;
            }
        }
        catch ($error) {
            switch ($block) {
                case 0:
                case 1:
                case 2:
                case 3:
                case 4:
                    $block = 8;
                    break;
                default: throw $error;
            }
            $value = $error;
        }
    }
}
function overlapping_overlap$make() {
    return $tag(() => {
        const $overlap2 = $overlap();
        try {
            const $1 = ask;
            const $2 = $begin($overlap2, "ask", $1, void 0, ["name"]);
            const name = $2;
            const $3 = ask;
            const $4 = $begin($overlap2, "ask", $3, void 0, ["town"]);
            const town = $4;
            const $5 = ask;
            const $6 = name;
            const $7 = $begin($overlap2, "ask", $5, void 0, [$6]);
            const both = $7;
            const $8 = $touch($overlap2, both);
            if ($8 === SUSPEND)
                return $save(overlapping_overlap$, 0, { $overlap2, town });
            const $9 = $string($8);
            if ($9 === SUSPEND)
                return $save(overlapping_overlap$, 1, { $overlap2, town });
            const $10 = $touch($overlap2, town);
            if ($10 === SUSPEND)
                return $save(overlapping_overlap$, 2, { $overlap2, $9 });
            const $11 = $string($10);
            if ($11 === SUSPEND)
                return $save(overlapping_overlap$, 3, { $overlap2, $9 });
            const $12 = $settle($overlap2, 0, "" + $9 + " in " + $11);
            if ($12 === SUSPEND)
                return $save(overlapping_overlap$, 4, { $overlap2 });
            return $12;
            const $13 = $settle($overlap2, 0, void 0);
            if ($13 === SUSPEND)
                return $save(overlapping_overlap$, 5, {});
        }
        catch ($error2) {
            const $14 = $unwind($overlap2, 0, $error2, true);
            if ($14 === SUSPEND)
                return $save(overlapping_overlap$, 6, {});
            throw $14;
        }
    }, overlapping_overlap$, []);
}
function overlapping$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function mailbox$resume($frame, $mode, $value) {
    let { first } = $frame.slots, $1, second;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                first = $value;
                $value = sleep("1 day");
                if (typeof $value === "object" && $value === SUSPEND)
                    return $save(mailbox$, 1, { first });
            case 1:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                $value = Orders.receive({ timeout: "1 hour" });
                if ($value === SUSPEND)
                    return $save(mailbox$, 2, { first });
            case 2:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                second = $value;
                return `${first.sku} ${[...first.tags].join()}, ${second?.sku ?? "nothing"}`;
        }
    }
}
function answered_withTimeout$1_callback$make() {
    return $tag((token) => note("token", token), answered_withTimeout$1_callback$, []);
}
function answered_withTimeout$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function answered_withTimeout$make() {
    return $tag(() => {
        const $1 = callback($tag((token) => note("token", token), answered_withTimeout$1_callback$, []));
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(answered_withTimeout$, 0, {});
        return $1;
    }, answered_withTimeout$, []);
}
function answered$resume($frame, $mode, $value) {
    let $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                return $1;
        }
    }
}
function parent$resume($frame, $mode, $value) {
    let { child } = $frame.slots, $1, $2;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                $value = child.result();
                if (typeof $value === "object" && $value === SUSPEND)
                    return $save(parent$, 1, {});
            case 1:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $2 = $value;
                return `child: ${$2}`;
        }
    }
}
function undoing$resume($frame, $mode, $value) {
    let { $completion, $result } = $frame.slots, $1, $thrown, $2;
    let $block = $frame.point;
    for (;;) {
        try {
            switch ($block) {
                case 0:
                    if ($mode) {
                        $mode = 0;
                        throw $value;
                    }
                    $1 = $value;
                    $result = $1;
                    $completion = 2;
                    $block = 3;
                    continue;
                case 4:
                    $thrown = $value;
                    $completion = 1;
                    $result = $thrown;
                    $block = 3;
                case 3:
                    $value = ask("undo");
                    if (typeof $value === "object" && $value === SUSPEND)
                        return $save(undoing$, 1, { $completion, $result });
                    $block = 1;
                case 1:
                    if ($mode) {
                        $mode = 0;
                        throw $value;
                    }
                    $2 = $value;
                    $block = $completion === 1 ? 8 : 9;
                    if ($block === 9)
                        continue;
                case 8: throw $result;
                case 9:
                    $block = $completion === 2 ? 11 : 12;
                    if ($block === 12)
                        continue;
                case 11: return $result;
                case 12: return;
            }
        }
        catch ($error) {
            switch ($block) {
                case 0:
                    $block = 4;
                    break;
                default: throw $error;
            }
            $value = $error;
        }
    }
}
function endless$resume($frame, $mode, $value) {
    let { day } = $frame.slots, $1;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 2:
                $value = sleep("1 day");
                if (typeof $value === "object" && $value === SUSPEND)
                    return $save(endless$, 0, { day });
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                day++;
                $block = 2;
                continue;
        }
    }
}
