//! Five data sets, and what other programs make of them.
//!
//! A line is a school: the week in which it gets the lesson (`-`: never), and its percentages from week 0 on (`--`:
//! none). The data have levels of schools, shocks of weeks, noise, and an effect of about 8 that differs by school,
//! rounded.

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use super::rules::{School, Teaching, read};

/// Three schools get the lesson in the same week, four never.
///
/// `statsmodels` 0.15.0, the weeks before and after, without week 4:
/// `ols('y ~ taught * post', data).fit().params['taught:post']`
const ONE_WEEK: [&str; 7] = [
    " 4 | 66 64 62 62 72 66 73 71 64",
    " 4 | 64 68 67 68 81 81 74 75 86",
    " 4 | 67 66 63 58 74 69 67 68 74",
    " - | 48 49 50 48 49 47 50 47 48",
    " - | 73 68 72 65 73 65 64 65 71",
    " - | 67 63 62 65 65 62 66 57 67",
    " - | 61 56 54 58 58 55 53 49 57",
];

/// Three adoption weeks, at least five weeks apart, and four schools that never get it.
///
/// `csdid` 0.4.3 (Callaway and Sant'Anna in Python): `ATTgt(yname='y', tname='t', idname='id', gname='g',
/// control_group='notyettreated', data=data) .fit(est_method='reg', base_period='universal', bstrap=False)`; of each
/// group the mean of ATT(g, g + 1 … g + 4) less that of ATT(g, g - 4 … g - 1), then the mean over groups by size.
const SOME_NEVER: [&str; 10] = [
    " 4 | 66 64 63 59 74 70 76 65 71 68 80 70 69 71 70 74 83 59 68 68 70",
    " 4 | 60 58 54 55 73 64 65 59 66 59 66 64 67 62 55 59 75 57 61 58 65",
    "10 | 62 55 51 50 63 57 60 53 55 55 68 63 66 64 61 71 70 62 56 59 66",
    "10 | 41 37 35 33 38 35 35 35 40 37 54 57 51 49 50 49 60 39 43 37 55",
    "10 | 80 72 80 75 78 74 78 73 79 75 83 81 81 79 76 85 92 79 72 77 84",
    "16 | 80 69 70 64 70 71 71 69 66 69 71 76 71 75 62 75 80 67 68 68 79",
    " - | 63 58 55 50 56 56 53 57 57 53 63 60 59 56 54 61 63 54 52 45 61",
    " - | 67 69 68 60 66 67 68 69 70 63 72 62 69 71 62 68 77 66 61 58 75",
    " - | 61 63 59 62 62 66 66 55 57 58 70 64 64 63 61 67 72 53 59 61 62",
    " - | 66 56 52 46 59 56 55 47 59 50 57 64 63 60 50 60 56 49 46 45 54",
];

/// All get it in the end, at least five weeks apart: those that are not yet there are all there is to compare with. The
/// last three have nobody left.
///
/// `csdid` 0.4.3, as [`SOME_NEVER`]; it gives no ATT of the last group either.
const ALL_IN_THE_END: [&str; 10] = [
    " 4 | 82 74 72 77 87 86 88 88 93 92 91 96 94 86 85 93 98 87 86 94 78 90 94 86 90 89 80",
    " 4 | 32 33 38 38 33 41 46 41 52 39 45 47 50 41 42 41 56 45 45 51 41 40 45 43 48 42 30",
    " 9 | 64 63 64 57 54 62 69 65 68 73 76 80 79 70 74 76 84 74 81 83 76 67 77 75 77 70 67",
    " 9 | 59 50 51 50 51 55 63 53 61 67 73 76 74 62 66 67 80 68 66 70 65 64 68 71 75 69 54",
    " 9 | 53 51 56 56 52 55 58 55 55 62 64 68 65 60 62 69 71 62 65 70 66 57 70 65 65 69 56",
    "15 | 62 57 62 55 53 59 58 64 65 64 58 63 61 58 56 66 70 66 60 70 57 59 64 61 63 68 52",
    "15 | 45 45 42 40 37 35 46 36 48 41 45 48 42 41 39 48 54 44 44 47 42 38 49 45 50 52 29",
    "22 | 59 56 54 57 52 51 59 57 62 53 60 66 57 54 57 58 71 57 54 60 54 64 69 69 68 68 61",
    "22 | 52 53 52 51 44 56 54 51 53 49 54 61 57 54 54 54 62 53 51 58 53 52 65 67 69 65 51",
    "22 | 90 92 83 88 89 86 96 91 92 90 85 94 98 85 95 92 100 89 82 92 87 85 98 100 97 96 85",
];

/// Adoption weeks that lie in each other's four weeks, and three schools that never get it; on average no effect was put in.
///
/// `statsmodels` 0.15.0, stacked: for each adoption week `ols('y ~ taught * post', data)` over the schools of that week
/// and those that begin more than four weeks later or never, then the mean of `taught:post` by how many schools the
/// week has.
const OVERLAPPING: [&str; 9] = [
    " 4 | 60 50 60 53 57 40 60 45 52 54 49 53 53 51 50",
    " 5 | 59 62 67 58 59 48 64 48 60 61 51 53 55 55 55",
    " 5 | 76 78 77 80 76 69 86 69 82 74 71 73 69 80 72",
    " 7 | 63 73 72 64 74 59 78 59 72 62 60 63 66 73 76",
    " 8 | 43 49 50 46 43 35 52 34 49 41 45 43 43 50 46",
    "10 | 61 61 66 64 64 55 71 51 66 54 66 63 64 69 65",
    " - | 55 59 61 53 58 43 68 46 59 60 57 52 54 59 59",
    " - | 62 63 71 63 66 57 67 51 58 59 62 55 62 66 61",
    " - | 46 47 49 46 47 41 57 36 52 42 41 44 43 47 46",
];

/// A week of holidays that nobody has a figure of, and single weeks that one school lacks.
///
/// `statsmodels` 0.15.0: for each school that got it and each pair of a week before and one after that it has `ols('y ~
/// taught * post', data)` over it and all comparisons that have both weeks; the mean of `taught:post` over the pairs,
/// then over the schools.
const WITH_GAPS: [&str; 9] = [
    " 5 | 61 56 43 -- 56 58 -- 58 53 55 53 54 57 54 56",
    " 5 | 51 53 45 38 55 54 -- 57 46 54 54 57 55 59 51",
    " 7 | 63 56 57 56 71 61 -- 71 63 66 71 65 72 69 68",
    " 9 | 69 64 60 60 68 67 -- 60 55 74 71 -- 72 75 68",
    " - | 73 73 62 65 77 70 -- 74 64 64 63 67 71 71 66",
    " - | 66 60 54 58 -- 62 -- 62 52 64 60 55 66 61 57",
    " - | 60 53 50 54 60 57 -- 51 51 52 50 49 57 56 51",
    " - | 60 56 49 52 61 55 -- 54 -- 53 48 49 58 55 55",
    " - | 73 63 -- 66 70 72 -- 61 61 63 70 62 68 66 63",
];

/// The Monday of the week with this number.
pub(super) fn week(number: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 7).unwrap() + TimeDelta::weeks(number)
}

/// The schools of a data set.
pub(super) fn schools(lines: &[&str]) -> Vec<School> {
    (1..).zip(lines).map(|(id, line)| school(Uuid::from_u128(id), line)).collect()
}

fn school(id: Uuid, line: &str) -> School {
    let (taught, percentages) = line.split_once('|').unwrap();
    let teaching = taught.trim().parse::<i64>().ok().map(|at| Teaching { first: week(at), last: Some(week(at)) });
    let value = |(at, text): (i64, &str)| Some((week(at), text.parse::<f64>().ok()? / 100.0));
    School { id, teaching, weeks: (0..).zip(percentages.split_whitespace()).filter_map(value).collect() }
}

/// That the estimate is `expected` percentage points, over so many schools that got the lesson.
fn check(lines: &[&str], taught: usize, expected: f64) {
    let told = read(&schools(lines), week(40), 1);
    let estimate = told.effect.unwrap().estimate * 100.0;
    assert_eq!(told.taught, taught);
    assert!((estimate - expected).abs() < 1e-9, "{estimate} and not {expected}");
}

#[test]
fn other_programs_come_to_the_same() {
    check(&ONE_WEEK, 3, 10.0);
    check(&SOME_NEVER, 6, 6.181_25);
    check(&ALL_IN_THE_END, 7, 8.412_5);
    check(&OVERLAPPING, 6, 0.642_361_111_111_11);
    check(&WITH_GAPS, 4, 8.115_972_222_222_22);
}
