# Nederlands. Ouders en verzorgers zijn „u”, wie op school werkt is „je”; wat beiden lezen, doet het zonder.
#
# Wat een tekst kan weten: $subject (met $hasSubject), $school (met $hasSchool), $children (met $childCount), $when (met
# $hasWhen), en van een week in de cursus $taught, $shared en $overdue. Elk kan ontbreken. Alleen de berichten in de app weten $subject en $children; in e-mail en push ontbreken ze.

## Stukjes van zinnen. Ze beginnen met een spatie of een leesteken, of zijn leeg.

titled = { $hasSubject ->
    [yes] : “{ $subject }”
   *[no] {""}
}
of-school = { $hasSchool ->
    [yes] {" "}van { $school }
   *[no] {""}
}
at-school = { $hasSchool ->
    [yes] {" "}op { $school }
   *[no] {""}
}
about-children = { $childCount ->
    [0] {""}
   *[other] {" "}over { $children }
}
for-children = { $childCount ->
    [0] {""}
   *[other] {" "}voor { $children }
}
on-when = { $hasWhen ->
    [yes] {" "}op { $when }
   *[no] {""}
}
of-when = { $hasWhen ->
    [yes] {" "}van { $when }
   *[no] {""}
}
dated = { $hasWhen ->
    [yes] : { $when }
   *[no] {""}
}
an-event = { $hasSubject ->
    [yes] “{ $subject }”
   *[no] een activiteit
}
the-school = { $hasSchool ->
    [yes] { $school }
   *[no] De school
}

## Mededelingen

announcement-published-title = Nieuwe mededeling
announcement-published-body = Er is een nieuwe mededeling{ of-school }{ for-children }{ titled }.
announcement-corrected-title = Mededeling aangepast
announcement-corrected-body = Een mededeling{ of-school } is aangepast{ titled }. Lees de nieuwe versie.
acknowledgement-missing-title = Wilt u nog bevestigen?
acknowledgement-missing-body = U hebt nog niet bevestigd dat u een mededeling{ of-school } hebt gelezen{ titled }. { $hasWhen ->
    [yes] Wilt u dat doen vóór { $when }?
   *[no] Wilt u dat nog doen?
}

## Berichten

message-arrived-title = Nieuw bericht
message-arrived-body = Er is een nieuw bericht{ of-school }{ about-children }{ titled }.
message-undeliverable-title = Bericht niet gelezen
message-undeliverable-body = Op dit moment leest niemand wat er in dit gesprek{ about-children } wordt geschreven. Neem op een andere manier contact op.

## Gesprekken

conversation-planned-title = Gesprek gepland
conversation-planned-body = Er is een gesprek{ about-children } gepland{ at-school }{ dated }.
conversation-moved-title = Gesprek gewijzigd
conversation-moved-body = Het gesprek{ about-children }{ at-school } is gewijzigd.{ $hasWhen ->
    [yes] {" "}Het begint op { $when }.
   *[no] {""}
}
conversation-cancelled-title = Gesprek gaat niet door
conversation-cancelled-body = Het gesprek{ about-children }{ at-school }{ of-when } gaat niet door.
conversation-booked-title = Gesprek geboekt
conversation-booked-body = Een ouder of verzorger heeft een gesprek{ about-children } geboekt{ dated }.
conversation-recorded-title = Verslag van een gesprek
conversation-recorded-body = Het verslag van het gesprek{ about-children }{ at-school } staat klaar.
conversation-soon-title = Binnenkort een gesprek
conversation-soon-body = Binnenkort is er een gesprek{ about-children }{ at-school }{ dated }.
agreement-to-confirm-title = Afspraak om te bevestigen
agreement-to-confirm-body = Er is een afspraak gemaakt{ about-children }{ titled }. Lees de afspraak en bevestig hem.
agreement-due-title = Denk aan de afspraak
agreement-due-body = { $hasWhen ->
    [yes] Een afspraak{ about-children } moet klaar zijn op { $when }{ titled }.
   *[no] Een afspraak{ about-children } moet binnenkort klaar zijn{ titled }.
}
goal-proposed-title = Doel voorgesteld
goal-proposed-body = Er is een doel voorgesteld{ for-children }{ titled }. Laat weten of u het ermee eens bent.
booking-opened-title = Kies een tijd voor een gesprek
booking-opened-body = U kunt een tijd kiezen voor een gesprek{ about-children }{ at-school }.{ $hasWhen ->
    [yes] {" "}Dat kan tot { $when }.
   *[no] {""}
}
booking-reminder-title = Kies nog een tijd voor een gesprek
booking-reminder-body = U hebt nog geen tijd gekozen voor een gesprek{ about-children }{ at-school }.{ $hasWhen ->
    [yes] {" "}Dat kan nog tot { $when }.
   *[no] {" "}Dat kan nog.
}

## Activiteiten

event-invited-title = Uitnodiging
event-invited-body = U bent uitgenodigd voor { an-event }{ of-school }{ on-when }.
event-changed-title = Activiteit veranderd
event-changed-body = Er is iets veranderd aan { an-event }{ of-school }.{ $hasWhen ->
    [yes] {" "}Het begint op { $when }.
   *[no] {""}
}
event-cancelled-title = Activiteit gaat niet door
event-cancelled-body = { $hasSubject ->
    [yes] “{ $subject }”
   *[no] Een activiteit
}{ of-school }{ on-when } gaat niet door.
event-moved-up-title = Er is plaats voor u
event-moved-up-body = Er is een plaats vrijgekomen. U staat nu op de lijst voor { an-event }{ of-school }{ on-when }.

## Vragenlijsten en toestemming

survey-opened-title = Nieuwe vragenlijst
survey-opened-body = Er is een vragenlijst{ of-school }{ titled }.{ $hasWhen ->
    [yes] {" "}Invullen kan tot { $when }.
   *[no] {" "}Wilt u die invullen?
}
survey-reminder-title = Vragenlijst nog invullen
survey-reminder-body = U hebt een vragenlijst{ of-school } nog niet ingevuld{ titled }.{ $hasWhen ->
    [yes] {" "}Dat kan nog tot { $when }.
   *[no] {" "}Dat kan nog.
}
consent-asked-title = Toestemming gevraagd
consent-asked-body = { the-school } vraagt om uw toestemming{ for-children }{ titled }.

## Afwezigheid

absence-reported-title = Afgemeld
absence-reported-body = { $childCount ->
    [0] Er is een kind afgemeld
    [1] { $children } is afgemeld
   *[other] { $children } zijn afgemeld
}{ at-school }{ dated }.
absence-withdrawn-title = Afmelding ingetrokken
absence-withdrawn-body = De afmelding{ $childCount ->
    [0] {""}
   *[other] {" "}van { $children }
}{ at-school } is ingetrokken{ dated }.

## Contact

concern-raised-title = Een ouder maakt zich zorgen
concern-raised-body = Een ouder of verzorger heeft een zorg gedeeld{ about-children }. Laat snel weten dat je het hebt gelezen.
concern-shared-title = Een zorg van school
concern-shared-body = De school deelt een zorg{ about-children }.
concern-noted-title = Een collega heeft een zorg
concern-noted-body = Een collega heeft een zorg genoteerd{ about-children }.
concern-acknowledged-title = De zorg is gelezen
concern-acknowledged-body = { the-school } heeft de zorg{ about-children } gelezen en gaat ermee aan de slag.
compliment-given-title = Een compliment
compliment-given-body = { the-school } heeft een compliment voor u{ about-children }.

## De cursus

meeting-planned-title = Bijeenkomst gepland
meeting-planned-body = Er is een bijeenkomst gepland{ on-when }{ titled }.
meeting-moved-title = Bijeenkomst gewijzigd
meeting-moved-body = Een bijeenkomst is gewijzigd{ titled }.{ $hasWhen ->
    [yes] {" "}De bijeenkomst begint op { $when }.
   *[no] {""}
}
meeting-cancelled-title = Bijeenkomst gaat niet door
meeting-cancelled-body = De bijeenkomst{ of-when } gaat niet door{ titled }.
meeting-tomorrow-title = Binnenkort een bijeenkomst
meeting-tomorrow-body = Binnenkort is er een bijeenkomst{ on-when }{ titled }.
session-planned-title = Teambijeenkomst gepland
session-planned-body = Er is een teambijeenkomst gepland{ at-school }{ on-when }{ titled }.
session-moved-title = Teambijeenkomst gewijzigd
session-moved-body = Een teambijeenkomst{ at-school } is gewijzigd{ titled }.{ $hasWhen ->
    [yes] {" "}De bijeenkomst begint op { $when }.
   *[no] {""}
}
session-cancelled-title = Teambijeenkomst gaat niet door
session-cancelled-body = De teambijeenkomst{ at-school }{ of-when } gaat niet door{ titled }.
session-next-week-title = Volgende week een teambijeenkomst
session-next-week-body = Volgende week geef je een les aan het team{ at-school }{ on-when }{ titled }. Bereid je voor.
session-tomorrow-title = Binnenkort een teambijeenkomst
session-tomorrow-body = Binnenkort is er een teambijeenkomst{ at-school }{ on-when }{ titled }.
session-without-date-title = Nog geen datum met het team
session-without-date-body = Een les is voorbereid, maar er is nog geen datum met het team{ titled }. Plan een teambijeenkomst.
programme-week-title = De week in de cursus
programme-week-body = { $taught ->
    [0] De afgelopen week is er geen les gegeven
    [one] De afgelopen week is er 1 les gegeven
   *[other] De afgelopen week zijn er { $taught } lessen gegeven
}{ $shared ->
    [0] {""}
    [one] {" "}en is er 1 ervaring gedeeld
   *[other] {" "}en zijn er { $shared } ervaringen gedeeld
}{ $hasSubject ->
    [yes] {" "}in { $subject }
   *[no] {""}
}. { $overdue ->
    [0] Geen les is te laat.
    [one] 1 les is te laat.
   *[other] { $overdue } lessen zijn te laat.
}
experience-shared-title = Ervaring gedeeld
experience-shared-body = Een collega heeft een ervaring gedeeld{ titled }.
experience-commented-title = Reactie op een ervaring
experience-commented-body = Een collega heeft op een ervaring gereageerd{ titled }.
lesson-for-home-title = Iets voor thuis
lesson-for-home-body = Er is iets om thuis te lezen, te bekijken of te doen{ for-children }{ of-school }. Het hoort bij een les die het team heeft gehad.

## Beheer

roster-imported-title = Gegevens ingelezen
roster-imported-body = De leerlinggegevens{ of-school } zijn ingelezen{ titled }.
roster-refused-title = Gegevens niet ingelezen
roster-refused-body = De leerlinggegevens{ of-school } zijn niet ingelezen{ titled }. Kijk wat er mis is en probeer het opnieuw.
webhook-disabled-title = Webhook uitgeschakeld
webhook-disabled-body = Een webhook is uitgeschakeld, want het adres ervan neemt niets meer aan. Zoek uit wat er mis is en zet de webhook weer aan.
role-granted-title = Nieuwe rol
role-granted-body = Aan het account is een nieuwe rol toegevoegd{ at-school }{ titled }. Klopt dat niet? Meld het dan bij de beheerder.
signed-in-title = Er is ingelogd
signed-in-body = Er is ingelogd met het account{ on-when }{ titled }. Hebt u dat niet zelf gedaan? Stel dan meteen een nieuw wachtwoord in.
password-changed-title = Wachtwoord gewijzigd
password-changed-body = Het wachtwoord van het account is gewijzigd{ on-when }. Hebt u dat niet zelf gedaan? Stel dan meteen een nieuw wachtwoord in.
email-changed-title = E-mailadres gewijzigd
email-changed-body = Het e-mailadres van het account is gewijzigd{ on-when }. Hebt u dat niet zelf gedaan? Neem dan meteen contact op met de school.

## Op het vergrendelde scherm: een vaste regel per categorie, zonder namen

push-urgent-title = Dringend bericht van school
push-security-title = Over het account
push-security-body = Er is iets veranderd. Kijk in de app of het klopt.
push-alert-title = Belangrijk bericht van school
push-alert-body = Lees het meteen in de app.
push-confirmation-title = Wilt u iets bevestigen?
push-confirmation-body = Er staat een mededeling in de app die u moet bevestigen.
push-message-title = Nieuw bericht
push-message-body = Lees het in de app.
push-conversation-title = Over een gesprek
push-conversation-body = Er is nieuws over een gesprek of een afspraak. Bekijk het in de app.
push-announcement-title = Nieuwe mededeling
push-announcement-body = Lees wat de school laat weten.
push-event-title = Activiteit op school
push-event-body = Er is nieuws over een activiteit. Bekijk het in de app.
push-survey-title = Een vraag van school
push-survey-body = De school wil graag iets van u weten. Antwoord in de app.
push-absence-title = Over een afmelding
push-absence-body = Er is iets gemeld over de aanwezigheid. Bekijk het in de app.
push-lesson-for-home-title = Iets voor thuis
push-lesson-for-home-body = Bekijk het in de app.
push-programme-title = Over de cursus
push-programme-body = Er is nieuws over een bijeenkomst of een les. Bekijk het in de app.
push-experience-title = Reactie van een collega
push-experience-body = Er is nieuws bij de ervaringen. Bekijk het in de app.
push-report-title = Verslag van het systeem
push-report-body = Er is iets klaar of misgegaan. Bekijk het in de app.

## Namen van categorieën, in een zin

category-security = uw account
category-alert = dringende zaken
category-confirmation = mededelingen om te bevestigen
category-message = berichten
category-conversation = gesprekken
category-announcement = mededelingen
category-event = activiteiten
category-survey = vragenlijsten en toestemming
category-absence = afmeldingen
category-lesson-for-home = tips voor thuis
category-programme = de cursus
category-experience = ervaringen van collega’s
category-report = verslagen van het systeem

## Wat in een overzicht wacht

waiting-security = { $count ->
    [one] 1 bericht over uw account
   *[other] { $count } berichten over uw account
}
waiting-alert = { $count ->
    [one] 1 dringend bericht
   *[other] { $count } dringende berichten
}
waiting-confirmation = { $count ->
    [one] 1 mededeling om te bevestigen
   *[other] { $count } mededelingen om te bevestigen
}
waiting-message = { $count ->
    [one] 1 bericht
   *[other] { $count } berichten
}
waiting-conversation = { $count ->
    [one] 1 bericht over een gesprek
   *[other] { $count } berichten over gesprekken
}
waiting-announcement = { $count ->
    [one] 1 mededeling
   *[other] { $count } mededelingen
}
waiting-event = { $count ->
    [one] 1 bericht over een activiteit
   *[other] { $count } berichten over activiteiten
}
waiting-survey = { $count ->
    [one] 1 vragenlijst of vraag om toestemming
   *[other] { $count } vragenlijsten of vragen om toestemming
}
waiting-absence = { $count ->
    [one] 1 afmelding
   *[other] { $count } afmeldingen
}
waiting-lesson-for-home = { $count ->
    [one] 1 tip voor thuis
   *[other] { $count } tips voor thuis
}
waiting-programme = { $count ->
    [one] 1 bericht over de cursus
   *[other] { $count } berichten over de cursus
}
waiting-experience = { $count ->
    [one] 1 ervaring of reactie
   *[other] { $count } ervaringen of reacties
}
waiting-report = { $count ->
    [one] 1 verslag van het systeem
   *[other] { $count } verslagen van het systeem
}

## E-mail

mail-urgent = Dringend
mail-subject = { $school }: { $title }
mail-subject-urgent = Dringend: { $title }
mail-subject-urgent-of = Dringend van { $school }: { $title }
mail-details = Om ieders privacy te beschermen, staan de details alleen in de app.
mail-open = Open de app
mail-no-button = Open de app om alles te lezen.
mail-automatic = Deze e-mail is automatisch verstuurd. Een antwoord erop wordt niet gelezen.
mail-off = Wilt u geen e-mail meer over { $category }?
mail-off-reminders = Wilt u geen herinneringen aan { $category } meer per e-mail?
mail-off-digest = Wilt u dit overzicht niet meer per e-mail?
mail-off-link = Zet deze e-mail uit

mail-entry = Gesprek{ at-school }

# In plaats van namen van kinderen: die staan alleen in de app.
mail-children = { $count ->
    [one] Uw kind { $where }
   *[other] Uw kinderen { $where }
}
mail-children-in = in { $groups }
mail-children-in-none = zonder groep

mail-digest-title = Dit staat voor u klaar
mail-digest-body = Sinds de vorige keer is dit erbij gekomen:
mail-digest-off = In de app kiest u hoe vaak u dit overzicht krijgt.

mail-invitation-title = Welkom
mail-invitation-subject = Uitnodiging van { $board }
mail-invitation-body = { $board } nodigt u uit om mee te doen in de app. Maak een account met deze code:
mail-invitation-after = De code werkt één keer en is 60 dagen geldig. Geef hem aan niemand anders.
mail-invitation-why = Verwacht u geen uitnodiging? Dan kunt u deze e-mail weggooien.

mail-reset-title = Nieuw wachtwoord
mail-reset-subject = Een nieuw wachtwoord kiezen
mail-reset-body = Met deze code kiest u in de app een nieuw wachtwoord:
mail-reset-after = De code werkt één keer en is één uur geldig. Geef hem aan niemand: ook de school vraagt er nooit naar.
mail-reset-why = Hebt u hier niet om gevraagd? Dan hoeft u niets te doen: uw wachtwoord blijft zoals het is.

## De pagina om e-mail uit te zetten

unsubscribe-title = E-mail uitzetten
unsubscribe-ask = Wilt u geen e-mail meer over { $category }?
unsubscribe-ask-reminders = Wilt u geen herinneringen aan { $category } meer per e-mail?
unsubscribe-ask-digest = Wilt u geen overzichten meer per e-mail?
unsubscribe-note = In de app blijft u alles zien, en u kunt e-mail daar weer aanzetten.
unsubscribe-button = Zet deze e-mail uit
unsubscribe-done-title = De e-mail staat uit
unsubscribe-done = U krijgt geen e-mail meer over { $category }.
unsubscribe-done-reminders = U krijgt geen herinneringen aan { $category } meer per e-mail. Dat er een is gepland of gewijzigd of niet doorgaat, blijft u horen.
unsubscribe-done-digest = U krijgt geen overzichten meer per e-mail, en ook geen losse e-mail over wat daarin stond.
unsubscribe-unknown-title = Deze link werkt niet
unsubscribe-unknown = Misschien is hij niet helemaal overgenomen. In de app kunt u ook kiezen waarover u e-mail krijgt.
unsubscribe-failed-title = Dat ging hier mis
unsubscribe-failed = Er is niets veranderd. Probeer het later nog eens.

## Tijd

moment = { $weekday ->
    [1] maandag
    [2] dinsdag
    [3] woensdag
    [4] donderdag
    [5] vrijdag
    [6] zaterdag
   *[7] zondag
} { $day } { $month ->
    [1] januari
    [2] februari
    [3] maart
    [4] april
    [5] mei
    [6] juni
    [7] juli
    [8] augustus
    [9] september
    [10] oktober
    [11] november
   *[12] december
} om { $time }

## Een rij namen

list-and = { $first } en { $last }
