// Follows one subscription with the npm package graphql-ws or graphql-sse, and prints each answer as a line of JSON.
// Arguments: "ws" or "sse", the address of the server, an access token, the document, its variables as JSON.
import { createClient as createSocket } from "graphql-ws";
import { createClient as createStream } from "graphql-sse";
import WebSocket from "ws";

const [kind, address, token, query, variables] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const client =
  kind === "ws"
    ? createSocket({
        url: `${address.replace("http", "ws")}/graphql/ws`,
        webSocketImpl: WebSocket,
        connectionParams: { Authorization: authorization },
        retryAttempts: 0,
      })
    : createStream({ url: `${address}/graphql`, headers: { Authorization: authorization }, retryAttempts: 0 });

try {
  for await (const answer of client.iterate({ query, variables: JSON.parse(variables) })) {
    console.log(JSON.stringify(answer));
  }
  console.log("complete");
} catch (error) {
  console.log(JSON.stringify({ failed: error.code ?? error }));
} finally {
  await client.dispose();
}
