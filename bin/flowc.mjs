#!/usr/bin/env node
// Written for any Node, so that an old one can still say what is wrong.
var major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  console.error("flowc needs Node 24 or newer, this is Node " + process.versions.node + ".");
  process.exit(1);
}
import("../dist/cli/main.js").catch(function (error) {
  console.error("flowc: " + (process.env.FLOWC_DEBUG ? error.stack : error.message));
  process.exit(1);
});
