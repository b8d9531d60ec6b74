# English. What a text can know is in nl.ftl.

## Pieces of sentences. They begin with a space or a punctuation mark, or are empty.

titled = { $hasSubject ->
    [yes] : “{ $subject }”
   *[no] {""}
}
of-school = { $hasSchool ->
    [yes] {" "}from { $school }
   *[no] {""}
}
at-school = { $hasSchool ->
    [yes] {" "}at { $school }
   *[no] {""}
}
about-children = { $childCount ->
    [0] {""}
   *[other] {" "}about { $children }
}
for-children = { $childCount ->
    [0] {""}
   *[other] {" "}for { $children }
}
on-when = { $hasWhen ->
    [yes] {" "}on { $when }
   *[no] {""}
}
dated = { $hasWhen ->
    [yes] : { $when }
   *[no] {""}
}
an-event = { $hasSubject ->
    [yes] “{ $subject }”
   *[no] an event
}
the-school = { $hasSchool ->
    [yes] { $school }
   *[no] The school
}

## Announcements

announcement-published-title = New announcement
announcement-published-body = There is a new announcement{ of-school }{ for-children }{ titled }.
announcement-corrected-title = Announcement corrected
announcement-corrected-body = An announcement{ of-school } was corrected{ titled }. Please read the new version.
acknowledgement-missing-title = Please confirm
acknowledgement-missing-body = You have not confirmed yet that you read an announcement{ of-school }{ titled }. { $hasWhen ->
    [yes] Please do so before { $when }.
   *[no] Please do so now.
}

## Messages

message-arrived-title = New message
message-arrived-body = There is a new message{ of-school }{ about-children }{ titled }.
message-undeliverable-title = Message not read
message-undeliverable-body = At the moment nobody reads what is written in this thread{ about-children }. Please get in touch in another way.

## Conversations

conversation-planned-title = Conversation planned
conversation-planned-body = A conversation{ about-children } is planned{ at-school }{ dated }.
conversation-moved-title = Conversation changed
conversation-moved-body = The conversation{ about-children }{ at-school } has changed.{ $hasWhen ->
    [yes] {" "}It begins on { $when }.
   *[no] {""}
}
conversation-cancelled-title = Conversation cancelled
conversation-cancelled-body = The conversation{ about-children }{ at-school }{ on-when } is cancelled.
conversation-booked-title = Conversation booked
conversation-booked-body = A parent or guardian has booked a conversation{ about-children }{ dated }.
conversation-recorded-title = Record of a conversation
conversation-recorded-body = The record of the conversation{ about-children }{ at-school } is ready.
conversation-soon-title = Conversation coming up
conversation-soon-body = A conversation{ about-children }{ at-school } is coming up{ dated }.
agreement-to-confirm-title = Agreement to confirm
agreement-to-confirm-body = An agreement was made{ about-children }{ titled }. Please read and confirm it.
agreement-due-title = Remember the agreement
agreement-due-body = { $hasWhen ->
    [yes] An agreement{ about-children } is due on { $when }{ titled }.
   *[no] An agreement{ about-children } is due soon{ titled }.
}
goal-proposed-title = Goal proposed
goal-proposed-body = A goal was proposed{ for-children }{ titled }. Please say whether you agree.
booking-opened-title = Choose a time for a conversation
booking-opened-body = You can choose a time for a conversation{ about-children }{ at-school }.{ $hasWhen ->
    [yes] {" "}Please do so before { $when }.
   *[no] {""}
}
booking-reminder-title = Please choose a time for a conversation
booking-reminder-body = You have not chosen a time for a conversation{ about-children }{ at-school } yet.{ $hasWhen ->
    [yes] {" "}You can do so until { $when }.
   *[no] {" "}You still can.
}

## Events

event-invited-title = Invitation
event-invited-body = You are invited to { an-event }{ at-school }{ on-when }.
event-changed-title = Event changed
event-changed-body = Something has changed about { an-event }{ at-school }.{ $hasWhen ->
    [yes] {" "}It begins on { $when }.
   *[no] {""}
}
event-cancelled-title = Event cancelled
event-cancelled-body = { $hasSubject ->
    [yes] “{ $subject }”
   *[no] An event
}{ at-school }{ on-when } is cancelled.
event-moved-up-title = There is a place for you
event-moved-up-body = A place has come free. You are now on the list for { an-event }{ at-school }{ on-when }.

## Surveys and consent

survey-opened-title = New survey
survey-opened-body = There is a survey{ of-school }{ titled }.{ $hasWhen ->
    [yes] {" "}You can answer until { $when }.
   *[no] {" "}Please answer it.
}
survey-reminder-title = Survey still open
survey-reminder-body = You have not answered a survey{ of-school } yet{ titled }.{ $hasWhen ->
    [yes] {" "}You can do so until { $when }.
   *[no] {" "}You still can.
}
consent-asked-title = Consent asked
consent-asked-body = { the-school } asks for your consent{ for-children }{ titled }.

## Absence

absence-reported-title = Absence reported
absence-reported-body = { $childCount ->
    [0] A child is reported absent
    [1] { $children } is reported absent
   *[other] { $children } are reported absent
}{ at-school }{ dated }.
absence-withdrawn-title = Absence withdrawn
absence-withdrawn-body = The absence{ $childCount ->
    [0] {""}
   *[other] {" "}of { $children }
}{ at-school } was withdrawn{ dated }.

## Contact

concern-raised-title = A parent is worried
concern-raised-body = A parent or guardian has shared a concern{ about-children }. Please say soon that you have read it.
concern-shared-title = A concern from school
concern-shared-body = The school shares a concern{ about-children }.
concern-noted-title = A colleague is worried
concern-noted-body = A colleague has noted a concern{ about-children }.
concern-acknowledged-title = The concern has been read
concern-acknowledged-body = { the-school } has read the concern{ about-children } and will act on it.
compliment-given-title = A compliment
compliment-given-body = { the-school } has a compliment for you{ about-children }.

## The course

meeting-planned-title = Meeting planned
meeting-planned-body = A meeting is planned{ on-when }{ titled }.
meeting-moved-title = Meeting changed
meeting-moved-body = A meeting has changed{ titled }.{ $hasWhen ->
    [yes] {" "}It begins on { $when }.
   *[no] {""}
}
meeting-cancelled-title = Meeting cancelled
meeting-cancelled-body = The meeting{ on-when } is cancelled{ titled }.
meeting-tomorrow-title = Meeting coming up
meeting-tomorrow-body = A meeting is coming up{ on-when }{ titled }.
session-planned-title = Team session planned
session-planned-body = A team session is planned{ at-school }{ on-when }{ titled }.
session-moved-title = Team session changed
session-moved-body = A team session{ at-school } has changed{ titled }.{ $hasWhen ->
    [yes] {" "}It begins on { $when }.
   *[no] {""}
}
session-cancelled-title = Team session cancelled
session-cancelled-body = The team session{ at-school }{ on-when } is cancelled{ titled }.
session-next-week-title = Team session next week
session-next-week-body = Next week you give a lesson to the team{ at-school }{ on-when }{ titled }. Please prepare.
session-tomorrow-title = Team session coming up
session-tomorrow-body = A team session is coming up{ at-school }{ on-when }{ titled }.
session-without-date-title = No date with the team yet
session-without-date-body = A lesson is prepared, but has no date with the team yet{ titled }. Please plan a team session.
programme-week-title = The week in the course
programme-week-body = { $taught ->
    [0] No lesson was taught
    [one] 1 lesson was taught
   *[other] { $taught } lessons were taught
}{ $shared ->
    [0] {""}
    [one] {" "}and 1 experience was shared
   *[other] {" "}and { $shared } experiences were shared
}{ $hasSubject ->
    [yes] {" "}in { $subject }
   *[no] {""}
} in the past week. { $overdue ->
    [0] No lesson is overdue.
    [one] 1 lesson is overdue.
   *[other] { $overdue } lessons are overdue.
}
experience-shared-title = Experience shared
experience-shared-body = A colleague has shared an experience{ titled }.
experience-commented-title = Comment on an experience
experience-commented-body = A colleague has commented on an experience{ titled }.
lesson-for-home-title = Something for home
lesson-for-home-body = There is something to read, watch or do at home{ for-children }{ of-school }. It goes with a lesson that the team has had.

## Administration

roster-imported-title = Roster imported
roster-imported-body = The roster{ of-school } has been imported{ titled }.
roster-refused-title = Roster not imported
roster-refused-body = The roster{ of-school } was not imported{ titled }. Please see what is wrong and try again.
webhook-disabled-title = Webhook disabled
webhook-disabled-body = A webhook was disabled, because its address takes nothing any more. Please find out what is wrong and enable it again.
role-granted-title = New role
role-granted-body = A role was added to the account{ at-school }{ titled }. If that is not right, tell the administrator.
signed-in-title = New sign-in
signed-in-body = Somebody signed in with the account{ on-when }{ titled }. If that was not you, choose a new password at once.
password-changed-title = Password changed
password-changed-body = The password of the account was changed{ on-when }. If that was not you, choose a new password at once.
email-changed-title = E-mail address changed
email-changed-body = The e-mail address of the account was changed{ on-when }. If that was not you, get in touch with the school at once.

## On the locked screen: a fixed line for each category, without names

push-urgent-title = Urgent message from school
push-security-title = About the account
push-security-body = Something has changed. Check in the app that it is right.
push-alert-title = Important message from school
push-alert-body = Read it in the app now.
push-confirmation-title = Please confirm
push-confirmation-body = There is an announcement in the app for you to confirm.
push-message-title = New message
push-message-body = Read it in the app.
push-conversation-title = About a conversation
push-conversation-body = There is news about a conversation or an agreement. See the app.
push-announcement-title = New announcement
push-announcement-body = Read what the school has to say.
push-event-title = Event at school
push-event-body = There is news about an event. See the app.
push-survey-title = A question from school
push-survey-body = The school would like to know something. Answer in the app.
push-absence-title = About an absence
push-absence-body = Something was reported about attendance. See the app.
push-lesson-for-home-title = Something for home
push-lesson-for-home-body = See the app.
push-programme-title = About the course
push-programme-body = There is news about a meeting or a lesson. See the app.
push-experience-title = From a colleague
push-experience-body = There is news among the experiences. See the app.
push-report-title = Report of the system
push-report-body = Something is done or has failed. See the app.

## Names of categories, within a sentence

category-security = your account
category-alert = urgent matters
category-confirmation = announcements to confirm
category-message = messages
category-conversation = conversations
category-announcement = announcements
category-event = events
category-survey = surveys and consent
category-absence = absences
category-lesson-for-home = ideas for home
category-programme = the course
category-experience = experiences of colleagues
category-report = reports of the system

## What waits in a digest

waiting-security = { $count ->
    [one] 1 message about your account
   *[other] { $count } messages about your account
}
waiting-alert = { $count ->
    [one] 1 urgent message
   *[other] { $count } urgent messages
}
waiting-confirmation = { $count ->
    [one] 1 announcement to confirm
   *[other] { $count } announcements to confirm
}
waiting-message = { $count ->
    [one] 1 message
   *[other] { $count } messages
}
waiting-conversation = { $count ->
    [one] 1 message about a conversation
   *[other] { $count } messages about conversations
}
waiting-announcement = { $count ->
    [one] 1 announcement
   *[other] { $count } announcements
}
waiting-event = { $count ->
    [one] 1 message about an event
   *[other] { $count } messages about events
}
waiting-survey = { $count ->
    [one] 1 survey or request for consent
   *[other] { $count } surveys or requests for consent
}
waiting-absence = { $count ->
    [one] 1 absence
   *[other] { $count } absences
}
waiting-lesson-for-home = { $count ->
    [one] 1 idea for home
   *[other] { $count } ideas for home
}
waiting-programme = { $count ->
    [one] 1 message about the course
   *[other] { $count } messages about the course
}
waiting-experience = { $count ->
    [one] 1 experience or comment
   *[other] { $count } experiences or comments
}
waiting-report = { $count ->
    [one] 1 report of the system
   *[other] { $count } reports of the system
}

## E-mail

mail-urgent = Urgent
mail-subject = { $school }: { $title }
mail-subject-urgent = Urgent: { $title }
mail-subject-urgent-of = Urgent from { $school }: { $title }
mail-details = To protect everybody’s privacy, the details are in the app only.
mail-open = Open the app
mail-no-button = Open the app to read everything.
mail-automatic = This e-mail was sent automatically. Replies are not read.
mail-off = No more e-mail about { $category }?
mail-off-reminders = No more reminders of { $category } by e-mail?
mail-off-digest = No more of these overviews by e-mail?
mail-off-link = Switch this e-mail off

mail-entry = Conversation{ at-school }

# In the place of names of children, which stand in the app only.
mail-children = { $count ->
    [one] Your child { $where }
   *[other] Your children { $where }
}
mail-children-in = in { $groups }
mail-children-in-none = without a class group

mail-digest-title = This is waiting for you
mail-digest-body = New since last time:
mail-digest-off = You can choose in the app how often you get this overview.

mail-invitation-title = Welcome
mail-invitation-subject = Invitation from { $board }
mail-invitation-body = { $board } invites you to join in the app. Make an account with this code:
mail-invitation-after = The code works once and is valid for 60 days. Do not give it to anybody else.
mail-invitation-why = Did you not expect an invitation? Then you can throw this e-mail away.

mail-reset-title = New password
mail-reset-subject = Choosing a new password
mail-reset-body = With this code you choose a new password in the app:
mail-reset-after = The code works once and is valid for one hour. Do not give it to anybody: the school will never ask for it.
mail-reset-why = Did you not ask for this? Then you need not do anything: your password stays as it is.

## The page that switches e-mail off

unsubscribe-title = Switch e-mail off
unsubscribe-ask = Do you want no more e-mail about { $category }?
unsubscribe-ask-reminders = Do you want no more reminders of { $category } by e-mail?
unsubscribe-ask-digest = Do you want no more overviews by e-mail?
unsubscribe-note = You will still see everything in the app, and can switch e-mail on again there.
unsubscribe-button = Switch this e-mail off
unsubscribe-done-title = The e-mail is switched off
unsubscribe-done = You will get no more e-mail about { $category }.
unsubscribe-done-reminders = You will get no more reminders of { $category } by e-mail. That one is planned, changed or cancelled you will still hear.
unsubscribe-done-digest = You will get no more overviews by e-mail, nor single e-mails about what was in them.
unsubscribe-unknown-title = This link does not work
unsubscribe-unknown = Perhaps it was not copied completely. You can also choose in the app what you get e-mail about.
unsubscribe-failed-title = That went wrong here
unsubscribe-failed = Nothing has changed. Please try again later.

## Time

moment = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
} { $day } { $month ->
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
} at { $time }

## A row of names

list-and = { $first } and { $last }
