//! Surveys and what belongs to them, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{survey, survey_answer, survey_question, survey_response};
use glans_entity::ids::{SurveyId, SurveyQuestionId, SurveyResponseId};

use super::results::{self, OfQuestion};
use super::store::{self, Part};
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<SurveyId> for Batch {
    type Value = survey::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[SurveyId]) -> Result<HashMap<SurveyId, survey::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<SurveyQuestionId> for Batch {
    type Value = survey_question::Model;
    type Error = BatchError;

    async fn load(
        &self,
        ids: &[SurveyQuestionId],
    ) -> Result<HashMap<SurveyQuestionId, survey_question::Model>, BatchError> {
        let rows = store::questions_by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The questions of a survey, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QuestionsOf(pub SurveyId);

#[async_trait::async_trait]
impl Loader<QuestionsOf> for Batch {
    type Value = Vec<survey_question::Model>;
    type Error = BatchError;

    async fn load(
        &self,
        keys: &[QuestionsOf],
    ) -> Result<HashMap<QuestionsOf, Vec<survey_question::Model>>, BatchError> {
        let ids: Vec<SurveyId> = keys.iter().map(|key| key.0).collect();
        let rows = store::questions(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(group(rows, |row| QuestionsOf(row.survey_id)))
    }
}

/// Whether the viewer sees a survey as a member of staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AsStaff(pub SurveyId);

/// Whether the viewer may change a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AsAuthor(pub SurveyId);

/// Whether the viewer leads, directs or administers all places of a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AsLeader(pub SurveyId);

/// Whether the viewer stands to a survey in one way.
macro_rules! parts {
    ($($key:ident = $part:ident),+) => {$(
        #[async_trait::async_trait]
        impl Loader<$key> for Batch {
            type Value = ();
            type Error = BatchError;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, ()>, BatchError> {
                let ids: Vec<SurveyId> = keys.iter().map(|key| key.0).collect();
                let rows =
                    store::with_part(&*self.call.read().await?, &self.call.scope(), &ids, Part::$part).await?;
                Ok(rows.into_iter().map(|id| ($key(id), ())).collect())
            }
        }
    )+};
}

parts!(AsStaff = Staff, AsAuthor = Author, AsLeader = Leader);

/// What the viewer answered to a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnResponses(pub SurveyId);

#[async_trait::async_trait]
impl Loader<OwnResponses> for Batch {
    type Value = Vec<survey_response::Model>;
    type Error = BatchError;

    async fn load(
        &self,
        keys: &[OwnResponses],
    ) -> Result<HashMap<OwnResponses, Vec<survey_response::Model>>, BatchError> {
        let ids: Vec<SurveyId> = keys.iter().map(|key| key.0).collect();
        let rows = store::own_responses(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(group(rows, |row| OwnResponses(row.survey_id)))
    }
}

/// The answers of a response of the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnswersOf(pub SurveyResponseId);

#[async_trait::async_trait]
impl Loader<AnswersOf> for Batch {
    type Value = Vec<survey_answer::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[AnswersOf]) -> Result<HashMap<AnswersOf, Vec<survey_answer::Model>>, BatchError> {
        let ids: Vec<SurveyResponseId> = keys.iter().map(|key| key.0).collect();
        let rows = store::answers(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(group(rows, |row| AnswersOf(row.response_id)))
    }
}

/// How many guardians and how many members of staff answered a survey. Only for staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResponsesTo(pub SurveyId);

#[async_trait::async_trait]
impl Loader<ResponsesTo> for Batch {
    type Value = (i64, i64);
    type Error = BatchError;

    async fn load(&self, keys: &[ResponsesTo]) -> Result<HashMap<ResponsesTo, (i64, i64)>, BatchError> {
        let ids: Vec<SurveyId> = keys.iter().map(|key| key.0).collect();
        let rows = results::responses(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        let mut counts: HashMap<ResponsesTo, (i64, i64)> = HashMap::new();
        for row in rows {
            let count = counts.entry(ResponsesTo(row.survey_id)).or_default();
            if row.as_staff { count.1 += row.count } else { count.0 += row.count }
        }
        Ok(counts)
    }
}

/// How many persons a survey was addressed to. Only for staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvitedTo(pub SurveyId);

#[async_trait::async_trait]
impl Loader<InvitedTo> for Batch {
    type Value = i64;
    type Error = BatchError;

    async fn load(&self, keys: &[InvitedTo]) -> Result<HashMap<InvitedTo, i64>, BatchError> {
        let ids: Vec<SurveyId> = keys.iter().map(|key| key.0).collect();
        let rows = results::invited(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(rows.into_iter().map(|(id, count)| (InvitedTo(SurveyId(id)), count)).collect())
    }
}

/// What was answered to the questions of a survey, by guardians or by staff. Only for who may see results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResultsOf(pub SurveyId, pub bool);

#[async_trait::async_trait]
impl Loader<ResultsOf> for Batch {
    type Value = HashMap<SurveyQuestionId, OfQuestion>;
    type Error = BatchError;

    async fn load(
        &self,
        keys: &[ResultsOf],
    ) -> Result<HashMap<ResultsOf, HashMap<SurveyQuestionId, OfQuestion>>, BatchError> {
        let mut all = HashMap::new();
        for as_staff in [false, true] {
            let ids: Vec<SurveyId> = keys.iter().filter(|key| key.1 == as_staff).map(|key| key.0).collect();
            if ids.is_empty() {
                continue;
            }
            let (db, scope) = (self.call.read().await?, self.call.scope());
            let of_question = store::questions(&*db, &scope, &ids).await?;
            let mut found = results::of_questions(&*db, &scope, &ids, as_staff).await?;
            for question in of_question {
                let of = found.remove(&question.id).unwrap_or_default();
                let key = ResultsOf(question.survey_id, as_staff);
                all.entry(key).or_insert_with(HashMap::new).insert(question.id, of);
            }
        }
        Ok(all)
    }
}
