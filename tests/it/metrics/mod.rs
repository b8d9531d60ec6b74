//! Engagement: facts, figures, and what is made of them.

mod census;
mod charts;
mod costs;
mod effect;
mod engagement;
mod examples;
mod exports;
mod facts;
mod graphiql;
mod moving;
mod oracle;
mod publishing;
mod put_off;
mod queries;
mod replica;
mod rollups;
mod rounds;
mod webhooks;
mod worklist;
