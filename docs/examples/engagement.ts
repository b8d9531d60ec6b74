// The engagement of the schools of a board or cluster, week by week, as lines with tabs between their columns.
//
//     GLANS_URL=https://glans.example.org GLANS_SCOPE=cluster_… \
//     GLANS_CLIENT_ID=client_… GLANS_CLIENT_SECRET=glans_cs_… node engagement.ts
//
// The client needs the scope metrics:read. GLANS_FROM and GLANS_TO are days; the last twelve weeks when absent.
// Node 22.18 or newer runs it as it is; an older one after `tsc`.

const query = `
query Engagement($scope: ID!, $input: EngagementInput!) {
  engagement(scope: $scope, input: $input) {
    series {
      metric
      group { name }
      points { periodStart numerator denominator suppressed }
    }
  }
}
`;

interface Point {
  periodStart: string;
  numerator: number | null;
  denominator: number | null;
  suppressed: "SMALL_DENOMINATOR" | "COMPLEMENTARY" | "SENSITIVE_EXTREME" | null;
}

interface Series {
  metric: string;
  group: { name: string } | null;
  points: Point[];
}

interface Answer {
  data?: { engagement: { series: Series[] } } | null;
  errors?: { message: string; extensions: { code: string } }[];
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

async function post<Body>(path: string, body: BodyInit, headers: Record<string, string>): Promise<Body> {
  const answer = await fetch(setting("GLANS_URL") + path, { method: "POST", body, headers });
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Body;
}

/** A token lives for ten minutes; ask for another one then. */
async function accessToken(): Promise<string> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: setting("GLANS_CLIENT_ID"),
    client_secret: setting("GLANS_CLIENT_SECRET"),
  });
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const { access_token } = await post<{ access_token: string }>("/oauth/token", form.toString(), headers);
  return access_token;
}

/** So many days before the Monday of this week, as 2026-11-02. */
function beforeMonday(days: number): string {
  const day = new Date();
  day.setDate(day.getDate() - ((day.getDay() + 6) % 7) - days);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

async function main(): Promise<void> {
  const variables = {
    scope: setting("GLANS_SCOPE"),
    input: {
      metrics: ["REACH", "TWO_WAY", "CONVERSATION_COVERAGE"],
      from: process.env.GLANS_FROM ?? beforeMonday(84),
      to: process.env.GLANS_TO ?? beforeMonday(1),
      interval: "WEEK",
      breakdown: "SCHOOL",
    },
  };
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${await accessToken()}` };
  const { data, errors } = await post<Answer>("/graphql", JSON.stringify({ query, variables }), headers);
  if (errors || !data) throw new Error(errors?.map((error) => `${error.extensions.code}: ${error.message}`).join("\n"));
  for (const { metric, group, points } of data.engagement.series) {
    for (const { periodStart, numerator, denominator, suppressed } of points) {
      // A figure of too few is hidden, and its counts are null: leave it out of sums, and show a gap in a chart.
      const shown = suppressed ? `hidden: ${suppressed}` : `${numerator} of ${denominator}`;
      console.log([metric, group?.name ?? "", periodStart, shown].join("\t"));
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
