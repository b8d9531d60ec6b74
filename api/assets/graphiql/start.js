// Starts GraphiQL against the server that this page came from.
"use strict";

// What a newcomer sees first; each opens in a tab of its own.
const signIn = `# Sign in with an account of the demo board, as leader@demo.example.
# Then put the access token into the Headers pane of the other tabs:
# {"Authorization": "Bearer <token>"}

mutation SignIn {
  sessionCreate(input: {email: "", password: ""}) {
    tokens {
      accessToken
    }
    userErrors {
      code
      message
    }
  }
}
`;

const lessons = `# How far the own schools are with the lessons of their course.

query Lessons {
  schools(first: 5) {
    nodes {
      name
      programme {
        completedLessons
        totalLessons
        nextLesson {
          id
          title(locale: "en")
        }
      }
    }
  }
}
`;

const engagement = `# The schools of a cluster side by side, week by week. As the director, or as an API client with
# metrics:read; put the id of a cluster and the first and last day of twelve weeks into the Variables pane.

query Engagement($scope: ID!, $from: LocalDate!, $to: LocalDate!) {
  engagement(
    scope: $scope
    input: {
      metrics: [REACH, TWO_WAY, CONVERSATION_COVERAGE]
      from: $from
      to: $to
      interval: WEEK
      breakdown: SCHOOL
    }
  ) {
    series {
      metric
      group {
        name
      }
      points {
        periodStart
        value
        numerator
        denominator
        suppressed
      }
    }
  }
}
`;

const definitions = `# What each metric is.

query Definitions {
  metricDefinitions {
    metric
    version
    title
    formula
    unit
  }
}
`;

const effect = `# Whether a metric moved after the teams got a lesson. The Lessons tab has ids of lessons.

query Effect($lesson: ID!, $scope: ID!) {
  lessonEffect(lesson: $lesson, metric: TWO_WAY, scope: $scope) {
    estimate
    low
    high
    taughtCount
    comparisonCount
    insufficientData
    caveat
  }
}
`;

const headers = '{"Authorization": "Bearer "}';

/** The Monday of this week, so many days before or after, as 2026-11-02. */
function monday(days) {
  const day = new Date();
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7) + days);
  return day.toISOString().slice(0, 10);
}

const ofCluster = JSON.stringify({ scope: "cluster_", from: monday(-84), to: monday(-1) }, null, 2);
const ofLesson = JSON.stringify({ lesson: "lesson_", scope: "cluster_" }, null, 2);

const page = React.createElement(GraphiQL, {
  fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
  defaultTabs: [
    { query: signIn },
    { query: lessons, headers },
    { query: engagement, variables: ofCluster, headers },
    { query: definitions, headers },
    { query: effect, variables: ofLesson, headers },
  ],
  defaultEditorToolsVisibility: "headers",
  // A token must not outlive the tab.
  shouldPersistHeaders: false,
});

ReactDOM.createRoot(document.getElementById("graphiql")).render(page);
