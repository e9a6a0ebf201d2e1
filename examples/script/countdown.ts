import { sleep } from "flowc";

/** An ordinary script, but for the `sleep`, which may outlive the process that began it. */
export function main(from = 3, pause: number | string = "1 second"): string {
  for (let left = from; left > 0; left--) {
    console.log(`${left}…`);
    sleep(pause);
  }
  return "lift-off";
}
