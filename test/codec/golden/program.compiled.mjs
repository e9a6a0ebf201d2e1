import { $iterate, $method, $module, $save, $tag } from "flowc/runtime";
/** The program that the goldens of a program refer to. `program.compiled.mjs` is what the compiler made of it when they were written. */
import { sleep } from "flowc";
const $m = $module(1, "program.ts");
const SUSPEND = $m.SUSPEND;
const shop_add$ = $m.code("shop.add", {
    name: "shop.add",
    hash: "dea116d59a8f",
    resume: shop_add$resume,
    make: shop_add$make,
    captures: ["$s1", "basket"],
    points: [
        [21, 5, "basket.add(sku);"]
    ]
});
const shop$ = $m.code("shop", {
    name: "shop",
    hash: "0252ea898ef5",
    resume: shop$resume,
    points: [
        [23, 3, "add(\"pen\");"],
        [26, 48, "for (const sku of [\"ink\", \"pen\"]) cents += order(sku, add);"]
    ]
});
$m.bind(shop$, shop);
const order$ = $m.code("order", {
    name: "order",
    hash: "c7a63e0c4e45",
    resume: order$resume,
    points: [
        [34, 3, "pause(sku);"],
        [35, 3, "add(sku);"]
    ]
});
$m.bind(order$, order);
const pause$ = $m.code("pause", {
    name: "pause",
    hash: "f41fc3773414",
    resume: pause$resume,
    points: [
        [40, 22, "if (sku === \"pen\") sleep(\"3 days\");"]
    ]
});
$m.bind(pause$, pause);
const values_add$ = $m.code("values.add", { name: "values.add", hash: "87856f63f97c", make: values_add$make, captures: ["$s1"] });
const values_read$ = $m.code("values.read", { name: "values.read", hash: "42d215197a1c", make: values_read$make, captures: ["$s1"] });
const values$ = $m.code("values", { name: "values", hash: "52c378ae9bd2" });
$m.bind(values$, values);
export class Basket {
    name;
    owner = this;
    items = [];
    constructor(name) {
        this.name = name;
    }
    add(sku) {
        return this.items.push(sku);
    }
}
$m.cls("Basket", Basket);
export const prices = new Map([["pen", 120]]);
$m.value("prices", prices);
/** Suspended three frames deep, with a shared variable, a class instance, a Map and a try block under way. */
export function shop(name) {
    const $s1 = { count: void 0 };
    const basket = new Basket(name);
    $s1.count = 0;
    const add = (sku) => {
        $s1.count++;
        const $1 = basket.add(sku);
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(shop_add$, 0, {}, void 0, $method(basket, "add"));
    };
    $tag(add, shop_add$, [$s1, basket]);
    const $1 = add("pen");
    if (typeof $1 === "object" && $1 === SUSPEND)
        return $save(shop$, 0, { $s1, basket, add });
    let cents = 0;
    let $completion = 0;
    let $result;
    try {
        const $iterator = $iterate(["ink", "pen"]);
        for (;;) {
            const $next = $iterator.next();
            if ($next.done)
                break;
            const sku = $next.value;
            const $2 = cents;
            const $3 = order(sku, add);
            if (typeof $3 === "object" && $3 === SUSPEND)
                return $save(shop$, 1, { $s1, basket, add, cents, $completion, $result, $iterator, $2 });
            cents = $2 + $3;
        }
    }
    catch ($thrown) {
        $completion = 1;
        $result = $thrown;
    }
    {
        cents += 1;
    }
    if ($completion === 1)
        throw $result;
    return `${basket.owner.name} has ${basket.items.join(" and ")}: ${$s1.count} items, ${cents} cents`;
}
function order(sku, add) {
    const $1 = pause(sku);
    if (typeof $1 === "object" && $1 === SUSPEND)
        return $save(order$, 0, { sku, add });
    const $2 = add(sku);
    if (typeof $2 === "object" && $2 === SUSPEND)
        return $save(order$, 1, { sku }, void 0, add);
    return prices.get(sku) ?? 5;
}
function pause(sku) {
    if (sku === "pen") {
        const $1 = sleep("3 days");
        if (typeof $1 === "object" && $1 === SUSPEND)
            return $save(pause$, 0, {});
    }
}
/** Closures over one variable, a method, a class, a constant, and a function. */
export function values() {
    const $s1 = { total: void 0 };
    $s1.total = 1;
    const add = (n) => ($s1.total += n);
    $tag(add, values_add$, [$s1]);
    const read = () => $s1.total;
    $tag(read, values_read$, [$s1]);
    return { add, read, again: add, method: Basket.prototype.add, Basket, prices, shop, basket: new Basket("b") };
}
function shop_add$resume($frame, $mode, $value) {
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
                return;
        }
    }
}
function shop_add$make($s1, basket) {
    return $tag({ add: (sku) => {
            $s1.count++;
            const $1 = basket.add(sku);
            if (typeof $1 === "object" && $1 === SUSPEND)
                return $save(shop_add$, 0, {}, void 0, $method(basket, "add"));
        } }.add, shop_add$, [$s1, basket]);
}
function shop$resume($frame, $mode, $value) {
    let { $s1, basket, add, cents, $completion, $result, $iterator, $2 } = $frame.slots, $1, $next, sku, $3, $thrown;
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
                    cents = 0;
                    $completion = 0;
                    $result = void 0;
                    $block = 6;
                case 6:
                    $iterator = $iterate(["ink", "pen"]);
                    $block = 7;
                case 7:
                    $next = $iterator.next();
                    $block = $next.done ? 3 : 10;
                    if ($block === 3)
                        continue;
                case 10:
                    sku = $next.value;
                    $2 = cents;
                    $value = order(sku, add);
                    if (typeof $value === "object" && $value === SUSPEND)
                        return $save(shop$, 1, { $s1, basket, add, cents, $completion, $result, $iterator, $2 });
                    $block = 1;
                case 1:
                    if ($mode) {
                        $mode = 0;
                        throw $value;
                    }
                    $3 = $value;
                    cents = $2 + $3;
                    $block = 7;
                    continue;
                case 4:
                    $thrown = $value;
                    $completion = 1;
                    $result = $thrown;
                    $block = 3;
                case 3:
                    {
                        cents += 1;
                    }
                    $block = $completion === 1 ? 12 : 13;
                    if ($block === 13)
                        continue;
                case 12: throw $result;
                case 13: return `${basket.owner.name} has ${basket.items.join(" and ")}: ${$s1.count} items, ${cents} cents`;
            }
        }
        catch ($error) {
            switch ($block) {
                case 6:
                case 7:
                case 10:
                case 1:
                    $block = 4;
                    break;
                default: throw $error;
            }
            $value = $error;
        }
    }
}
function order$resume($frame, $mode, $value) {
    let { sku, add } = $frame.slots, $1, $2;
    let $block = $frame.point;
    for (;;) {
        switch ($block) {
            case 0:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $1 = $value;
                $value = add(sku);
                if (typeof $value === "object" && $value === SUSPEND)
                    return $save(order$, 1, { sku }, void 0, add);
            case 1:
                if ($mode) {
                    $mode = 0;
                    throw $value;
                }
                $2 = $value;
                return prices.get(sku) ?? 5;
        }
    }
}
function pause$resume($frame, $mode, $value) {
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
            case 3: return;
        }
    }
}
function values_add$make($s1) {
    return $tag({ add: (n) => ($s1.total += n) }.add, values_add$, [$s1]);
}
function values_read$make($s1) {
    return $tag({ read: () => $s1.total }.read, values_read$, [$s1]);
}
