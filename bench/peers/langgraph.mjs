import { both } from "./workloads.mjs";

/** A graph of one node that goes round: each round is a checkpoint. */
export async function onSqlite(file) {
  const { Annotation, END, START, StateGraph } = await import("@langchain/langgraph");
  const { SqliteSaver } = await import("@langchain/langgraph-checkpoint-sqlite");
  const State = Annotation.Root({ left: Annotation() });
  const graph = new StateGraph(State)
    .addNode("step", ({ left }) => ({ left: left - 1 }))
    .addEdge(START, "step")
    .addConditionalEdges("step", ({ left }) => (left > 0 ? "step" : END))
    .compile({ checkpointer: SqliteSaver.fromConnString(file) });
  let threads = 0;
  return both((count) =>
    graph.invoke({ left: count }, { configurable: { thread_id: `t${threads++}` }, recursionLimit: count + 10 }),
  );
}
