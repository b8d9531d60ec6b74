//! Conversations about a child: planned, moved, recorded, shared with the guardians who were invited.

pub mod diary;
