// Follows one subscription with the npm package graphql-ws or graphql-sse, and prints each answer as a line of JSON.
// Arguments: "ws" or "sse", the address of the server, an access token, the document, its variables as JSON, and how often
// to connect again: then it goes on after the last cursor, and says "again" for each time it came back.
import { createClient as createSocket } from "graphql-ws";
import { createClient as createStream } from "graphql-sse";
import WebSocket from "ws";

const [kind, address, token, query, given, attempts = "0"] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const variables = JSON.parse(given);
const wait = () => new Promise((resolve) => setTimeout(resolve, 100));
const again = (retried) => retried && console.log("again");
const client =
  kind === "ws"
    ? createSocket({
        url: `${address.replace("http", "ws")}/graphql/ws`,
        webSocketImpl: WebSocket,
        connectionParams: { Authorization: authorization },
        retryAttempts: Number(attempts),
        retryWait: wait,
        // A server that is not there yet is no close event.
        shouldRetry: () => true,
        on: { connected: (_socket, _payload, retried) => again(retried) },
      })
    : createStream({
        url: `${address}/graphql`,
        headers: { Authorization: authorization },
        retryAttempts: Number(attempts),
        retry: wait,
        on: { connected: again },
      });

try {
  // Both send the variables as they are when they connect.
  for await (const answer of client.iterate({ query, variables })) {
    console.log(JSON.stringify(answer));
    const [told] = Object.values(answer.data ?? {});
    if (told?.cursor && attempts !== "0") variables.after = told.cursor;
  }
  console.log("complete");
} catch (error) {
  console.log(JSON.stringify({ failed: error.code ?? error.message ?? error }));
} finally {
  await client.dispose();
}
