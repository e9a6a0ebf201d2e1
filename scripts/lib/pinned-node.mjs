/** Stops with one sentence when a script is started by hand with another Node than the one in node_modules. Import it first. */
if (Number(process.versions.node.split(".")[0]) < 24) {
  console.error(
    `This script needs Node 24, this is ${process.versions.node}: start it with "npm run", which uses the Node in node_modules.`,
  );
  process.exit(1);
}
