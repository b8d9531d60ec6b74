//! The columns of facts about students, to which a statement adds whence they come.

use sea_orm::sea_query::{Alias, Expr, Query, SelectStatement};

/// What a subject counts for, at a student.
pub(super) fn at_student(subject: Expr, student: Expr, numerator: Expr, denominator: i32) -> SelectStatement {
    Query::select()
        .expr_as(subject, Alias::new("subject_id"))
        .expr_as(student, Alias::new("student_id"))
        .expr_as(numerator, Alias::new("numerator"))
        .expr_as(Expr::val(denominator), Alias::new("denominator"))
        .expr_as(Expr::val(0), Alias::new("unknown"))
        .to_owned()
}

/// That there was something with the student: of the active ones of a period those count of whom there is a mark.
pub(super) fn mark(student: Expr) -> SelectStatement {
    at_student(student.clone(), student, Expr::val(1), 0)
}
