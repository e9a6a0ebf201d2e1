/** A wire to the server that the test can cut, at the moment it wants. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export class Wire {
  readonly #server: Server;
  readonly #target: URL;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #fault: "none" | "lose the question" | "lose the answer" = "none";
  /** What a client says with the fault; empty: whatever it says. */
  #words = "";
  #down = false;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  static async to(url: string): Promise<Wire> {
    const wire = new Wire(new URL(url));
    wire.#server.listen(0, "127.0.0.1");
    await once(wire.#server, "listening");
    return wire;
  }

  /** The URL of the server, through this wire. */
  get url(): string {
    const url = new URL(this.#target);
    url.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** The next thing a client says does not arrive, and the connection breaks. */
  loseQuestion(): void {
    this.loseQuestionWith("");
  }

  /** The next thing a client says with these words in it does not arrive, and the connection breaks. */
  loseQuestionWith(words: string): void {
    this.#words = words;
    this.#fault = "lose the question";
  }

  /** The next thing a client says arrives, and the connection breaks before the answer does. */
  loseAnswer(): void {
    this.loseAnswerTo("");
  }

  /** The next thing a client says with these words in it arrives, and the connection breaks before the answer does. */
  loseAnswerTo(words: string): void {
    this.#words = words;
    this.#fault = "lose the answer";
  }

  /** Cuts everything, and lets nothing through until `up`. */
  down(): void {
    this.#down = true;
    this.cut();
  }

  up(): void {
    this.#down = false;
  }

  /** Cuts everything that is connected now. */
  cut(): void {
    for (const pair of this.#pairs) this.#part(pair);
  }

  async close(): Promise<void> {
    this.down();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket): void {
    if (this.#down) return void client.destroy();
    const server = connect(Number(this.#target.port || 5432), this.#target.hostname);
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    let answerIsLost = false;
    for (const socket of pair) {
      socket.on("error", () => this.#part(pair));
      socket.on("close", () => this.#part(pair));
    }
    client.on("data", (data) => {
      // Word of new work is sent some time after the work: it is not what a test waits for.
      const isMeant = this.#words === "" ? !data.includes("notify") : data.includes(this.#words);
      const fault = isMeant ? this.#fault : "none";
      if (fault !== "none") this.#fault = "none";
      if (fault === "lose the question") return this.#part(pair);
      answerIsLost ||= fault === "lose the answer";
      server.write(data);
    });
    server.on("data", (data) => {
      if (answerIsLost) this.#part(pair);
      else client.write(data);
    });
  }

  #part(pair: readonly [Socket, Socket]): void {
    this.#pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  }
}
