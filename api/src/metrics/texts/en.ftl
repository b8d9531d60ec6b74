# English. What figures are called, how they are made, and the words of charts and of the monthly report.
#
# Each metric has <metric>-title (in a heading or legend), <metric>-formula (a sentence) and <metric>-unit (what is counted).

## Metrics

contactability-title = Contactable
contactability-formula = Students of whom at least one guardian can be reached, by a verified e-mail address or the app, as a share of all students.
contactability-unit = students
activation-title = Signed in
activation-formula = Guardians who have signed in at least once, as a share of all who can.
activation-unit = guardians
delivery-title = Delivered
delivery-formula = Messages that the delivery service accepted, as a share of all messages sent.
delivery-unit = messages
reach-title = Read
reach-formula = Announcements that at least one guardian of the student read within 72 hours, as a share of all announcements, counted per student.
reach-unit = announcements per student
confirmation-title = Confirmed in time
confirmation-formula = Guardians who confirmed an announcement in time, as a share of all who were asked to.
confirmation-unit = confirmations asked for
two-way-title = Two-way contact
two-way-formula = Students about whom school or home answered the other in writing, or both talked, as a share of all students.
two-way-unit = students
staff-reply-title = Replies from school
staff-reply-formula = Messages of guardians that the school answered within two working days, as a share of all their messages.
staff-reply-unit = messages of guardians
positive-contact-title = Good news
positive-contact-formula = Students about whom the school gave home at least one compliment, as a share of all students.
positive-contact-unit = students
intake-title = Intake
intake-formula = New students with an intake conversation within 30 days of enrolment, as a share of all new students.
intake-unit = new students
start-conversation-title = Start conversation
start-conversation-formula = Students with a start conversation before the 45th day of the school year, as a share of all students on that day.
start-conversation-unit = students
conversation-coverage-title = Talked with
conversation-coverage-formula = Students about whom at least one conversation was held, as a share of all students.
conversation-coverage-unit = students
no-show-title = Did not come
no-show-formula = Invitations to which the guardian did not come, as a share of all invitations to conversations that were held.
no-show-unit = invitations
agreements-kept-title = Agreements kept
agreements-kept-formula = Agreements that were kept by their date, as a share of all agreements due.
agreements-kept-unit = agreements
closing-title = Closing
closing-formula = Students with a closing conversation or a compliment in the last eight weeks of the school year, as a share of all students.
closing-unit = students
event-participation-title = At events
event-participation-formula = Students of whom a guardian came to an event, as a share of all students invited, counted per event.
event-participation-unit = students invited
survey-response-title = Responses
survey-response-formula = Surveys that were answered, as a share of all sent out.
survey-response-unit = surveys sent out
guardian-trust-title = Trust of guardians
guardian-trust-formula = Answers of guardians with a 4 or 5 on a scale of 5, as a share of all their answers.
guardian-trust-unit = answers
teacher-trust-title = Trust of teachers
teacher-trust-formula = Answers of teachers with a 4 or 5 on a scale of 5, as a share of all their answers.
teacher-trust-unit = answers
full-engagement-title = 100% line
full-engagement-formula = Students with every criterion met that is due, as a share of all students. What is not known counts as not met.
full-engagement-unit = students
lessons-prepared-title = Lessons prepared
lessons-prepared-formula = Lessons that a school prepared before the next meeting, as a share of all lessons of the cohort, counted per school.
lessons-prepared-unit = lessons
lessons-taught-title = Lessons taught
lessons-taught-formula = Lessons that a school taught to its team before the next meeting, as a share of all lessons of the cohort, counted per school.
lessons-taught-unit = lessons
team-attendance-title = Team present
team-attendance-formula = Staff who were present at a team session, as a share of all who were expected.
team-attendance-unit = staff expected
experience-return-title = Experiences shared
experience-return-formula = Lessons of which a school shared an experience before the next meeting, as a share of all lessons of the cohort, counted per school.
experience-return-unit = lessons
content-use-title = Materials used
content-use-formula = Staff who completed the materials of a lesson, as a share of all who were expected to.
content-use-unit = staff expected

## Numbers and days

percent = { $number }%
day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
month-short = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}

## Charts

chart-several = Parent engagement
chart-subtitle = { $place } · { $from } to { $to } · { $every }
every-week = per week
every-month = per month of whole weeks
every-school-year = per school year of whole weeks
axis-week = week
axis-month = month
axis-school-year = school year
axis-share = % of { $unit }
axis-shares = share (%)
line-of-group = { $metric } · { $group }
hidden-small-mark = n small
hidden-small = n small: of so few no figure is shown
hidden-complementary = not shown: another figure could be worked out with it
hidden-extreme = not shown: it would be about a few
missing = no data
chart-of-nothing = There are no figures in this period.
chart-alt = Line chart. { $title }. { $subtitle }. { $lines }
chart-alt-line = { $name }: last figure { $value } ({ $period }).
chart-alt-hidden = { $name }: no figure shown.
language-name = { $tag ->
    [none] home language unknown
    [nl] Dutch
    [fy] Frisian
    [en] English
    [de] German
    [fr] French
    [es] Spanish
    [pt] Portuguese
    [it] Italian
    [pl] Polish
    [ro] Romanian
    [bg] Bulgarian
    [tr] Turkish
    [ar] Arabic
    [ber] Berber
    [so] Somali
    [ti] Tigrinya
    [uk] Ukrainian
    [ru] Russian
    [fa] Persian
    [ur] Urdu
    [zh] Chinese
    [pap] Papiamento
   *[other] { $tag }
}

## Monthly report

report-title = Parent engagement in { $month }
report-file = parent-engagement
report-author = Glans
report-metric = Metric
report-count = Count
report-of = { $numerator } of { $denominator }
report-hidden = not shown
report-missing = –
report-absent = Without figures in these two months: { $metrics }.
report-line = The 100% line: of { $numerator } of the { $denominator } students ({ $value }) every criterion is met.
report-line-unknown = Of { $unknown ->
    [one] one other student
   *[other] { $unknown } other students
} not everything is known yet.
report-line-small = The 100% line: not shown, as there are too few students.
report-line-hidden = The 100% line: not shown, as it would tell something about a few students.
report-line-missing = The 100% line: there is no figure for this month yet.
report-chart = The last twelve weeks
report-weeks = { $from } to { $to } · per week
report-note-month = A month has the weeks whose Thursday lies in it: here { $from } to { $to }.
report-note-small = Of fewer than 5 no figure is shown, of surveys of fewer than 10 (n < 5, n < 10).
report-note-hidden = “Not shown” stands where a hidden figure could be worked out, or a figure would be about a few.
report-note-same = These are the figures of the app, as they are shown to who asked for this report, on { $day }.
