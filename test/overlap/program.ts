/** Workflows whose calls overlap. How long a step takes is up to the test; what it answers is here. */
import { all, channel, map, note, overlap, perform, sleep, start, step, withTimeout } from "flowc";

export const loadCustomer = step((id: number): { id: number; name: string } => ({ id, name: `customer ${id}` }));
export const loadOrders = step((id: number): number[] => [id, id + 1, id + 2]);
export const price = step((order: number): number => order * 10);
export const render = step((...parts: unknown[]): string => JSON.stringify(parts));
export const broken = step(
  (text: string): string => {
    throw new Error(text);
  },
  { retry: false },
);
const go = channel<string>("go");

export function invoice(id: number): unknown {
  return overlap(() => {
    const customer = loadCustomer(id);
    const orders = loadOrders(id);
    const prices: number[] = [];
    for (const order of orders) prices.push(price(order));
    const report = render(customer, prices);
    return { customer, report, count: prices.length };
  });
}

/** Two steps, one after the other. */
function priced(id: number): number {
  const orders = loadOrders(id);
  return price(orders[0]!);
}

export function subWorkflows(): unknown {
  return overlap(() => {
    const a = priced(1);
    const b = priced(2);
    const sum = render(a, priced(3), [b]);
    return [a, b, sum];
  });
}

export function others(): unknown {
  return overlap(() => {
    const inline = perform(() => "inline");
    const both = all([() => loadCustomer(1).name, () => loadCustomer(2).name]);
    const many = map([1, 2], (n) => price(n));
    const limited = withTimeout("1 hour", () => loadOrders(4));
    const child = start(childRun, [7]).result();
    const inner = overlap(() => [price(5), price(6)]);
    return { inline, both, many, limited, child, inner };
  });
}

export function childRun(n: number): number {
  return n;
}

/** Not a data flow: what is there for the moment it is called is done there. */
export function inPlace(): unknown {
  return overlap(() => {
    const customer = loadCustomer(1);
    sleep(100);
    const orders = loadOrders(2);
    const word = go.receive();
    note("word", word);
    return [customer.name, orders.length, word, price(3)];
  });
}

export function changed(): unknown {
  return overlap(() => {
    const options = { tax: 1 };
    const list = [loadCustomer(1)];
    const first = render(list, options);
    options.tax = 2;
    list.push(loadCustomer(2));
    const second = render(list, options);
    options.tax = 3;
    list.length = 0;
    return [first, second];
  });
}

function add(list: number[], one: number): number {
  list.push(one);
  return list.length;
}

function addSlowly(list: number[], one: number): number {
  price(one);
  return add(list, one);
}

/** A list that a call waits with belongs to that call. */
export function handedOver(): unknown {
  return overlap(() => {
    const list = [price(1)];
    const length = addSlowly(list, loadCustomer(2).id);
    list.push(price(3));
    const same = list;
    return { length, list, same: same === list };
  });
}

export function failing(): unknown {
  return overlap(() => {
    const customer = loadCustomer(1);
    const bad = broken("no");
    const after = render(customer, bad);
    const last = render(after);
    return [customer, last];
  });
}

function cleansUp(log: string[]): void {
  try {
    sleep("1 day");
  } finally {
    price(99);
    log.push("cleaned up");
  }
}

export function throwing(): unknown {
  const log: string[] = [];
  try {
    overlap(() => {
      cleansUp(log);
      const slow = loadCustomer(1);
      render(slow);
      if (loadOrders(1).length > 0) throw new Error("too many");
    });
  } catch (error) {
    log.push((error as Error).message);
  }
  return log;
}

export function limited(): unknown {
  const log: string[] = [];
  try {
    withTimeout("50 ms", () =>
      overlap(() => {
        cleansUp(log);
        try {
          return render(loadCustomer(1));
        } finally {
          log.push("block leaves");
        }
      }),
    );
  } catch (error) {
    log.push((error as Error).message);
  }
  return log;
}

export function lost(): unknown {
  return overlap(() => {
    broken("first");
    broken("second");
    return "never";
  });
}

export function loop(count: number): number {
  return overlap(() => {
    const prices: number[] = [];
    for (let n = 0; n < count; n++) prices.push(price(n));
    return prices.reduce((sum, one) => sum + one, 0);
  });
}
