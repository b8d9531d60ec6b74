// Runs all audits of the npm package graphql-http against the URL in the first argument.
// Prints one line per audit that does not pass, then "passed N of M"; exit status 1 if any did not.
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
const failed = results.filter((result) => result.status !== "ok");
for (const { id, name, status, reason } of failed) {
  console.log(`${status} ${id} ${name}: ${reason}`);
}
console.log(`passed ${results.length - failed.length} of ${results.length}`);
process.exit(failed.length === 0 ? 0 : 1);
