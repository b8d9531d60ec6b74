// Sends one operation with the npm package @apollo/client, whose HttpLink takes subscriptions in the parts of an answer.
// Prints each answer as a line of JSON, of an error its kind and what the server said, and "complete" at the end of a
// subscription. Arguments: the address of the server, an access token, the document, and its variables as JSON.
import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client";

const [address, token, text, given] = process.argv.slice(2);
const variables = JSON.parse(given);
const document = gql(text);
const link = new HttpLink({ uri: `${address}/graphql`, headers: { Authorization: `Bearer ${token}` } });
const client = new ApolloClient({ link, cache: new InMemoryCache() });

// The cache asks for __typename of everything; the document did not.
const print = (told) => console.log(JSON.stringify(told, (key, value) => (key === "__typename" ? undefined : value)));
const answer = ({ data, error }) =>
  print(error ? { failed: error.name, errors: error.errors ?? error.statusCode ?? error.message } : { data });

const { operation } = document.definitions[0];
if (operation === "subscription") {
  client.subscribe({ query: document, variables }).subscribe({
    next: answer,
    error: (error) => answer({ error }),
    complete: () => console.log("complete"),
  });
} else {
  const sent =
    operation === "mutation"
      ? client.mutate({ mutation: document, variables })
      : client.query({ query: document, variables });
  await sent.then(answer, (error) => answer({ error }));
}
