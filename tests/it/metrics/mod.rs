//! Engagement: facts, figures, and what is made of them.

mod charts;
mod effect;
mod engagement;
mod examples;
mod exports;
mod graphiql;
mod moving;
mod oracle;
mod queries;
mod rollups;
mod webhooks;
mod worklist;
