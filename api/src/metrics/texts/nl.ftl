# Nederlands. Wat cijfers heten, hoe ze worden berekend, en de woorden in grafieken en het maandbericht.
#
# Elke maat heeft <maat>-title (in een kop of legenda), <maat>-formula (een zin) en <maat>-unit (wat er wordt geteld).

## Maten

contactability-title = Bereikbaar
contactability-formula = Leerlingen van wie minstens één ouder of verzorger bereikbaar is, per bevestigd e-mailadres of via de app, als deel van alle leerlingen.
contactability-unit = leerlingen
activation-title = Aangemeld
activation-formula = Ouders en verzorgers die zich al eens hebben aangemeld, als deel van allen die dat kunnen.
activation-unit = ouders
delivery-title = Bezorgd
delivery-formula = Berichten die de bezorgdienst heeft aangenomen, als deel van alle verstuurde berichten.
delivery-unit = berichten
reach-title = Gelezen
reach-formula = Mededelingen die binnen 72 uur door minstens één ouder of verzorger van de leerling zijn gelezen, als deel van alle mededelingen, per leerling geteld.
reach-unit = mededelingen per leerling
confirmation-title = Op tijd bevestigd
confirmation-formula = Ouders en verzorgers die een mededeling op tijd hebben bevestigd, als deel van allen van wie een bevestiging is gevraagd.
confirmation-unit = gevraagde bevestigingen
two-way-title = Contact over en weer
two-way-formula = Leerlingen over wie school of thuis de ander schriftelijk heeft geantwoord of beide met elkaar hebben gesproken, als deel van alle leerlingen.
two-way-unit = leerlingen
staff-reply-title = Antwoord van school
staff-reply-formula = Berichten van ouders en verzorgers waarop school binnen twee werkdagen antwoordt, als deel van al hun berichten.
staff-reply-unit = berichten van ouders
positive-contact-title = Goed nieuws
positive-contact-formula = Leerlingen over wie school minstens één compliment aan thuis heeft gegeven, als deel van alle leerlingen.
positive-contact-unit = leerlingen
intake-title = Kennismaking
intake-formula = Nieuwe leerlingen met een kennismakingsgesprek binnen 30 dagen na de inschrijving, als deel van alle nieuwe leerlingen.
intake-unit = nieuwe leerlingen
start-conversation-title = Startgesprek
start-conversation-formula = Leerlingen met een startgesprek vóór de 45e dag van het schooljaar, als deel van alle leerlingen op die dag.
start-conversation-unit = leerlingen
conversation-coverage-title = Gesproken
conversation-coverage-formula = Leerlingen over wie minstens één gesprek is gevoerd, als deel van alle leerlingen.
conversation-coverage-unit = leerlingen
no-show-title = Niet verschenen
no-show-formula = Uitnodigingen waarbij de ouder of verzorger niet kwam, als deel van alle uitnodigingen voor gevoerde gesprekken.
no-show-unit = uitnodigingen
agreements-kept-title = Afspraken nagekomen
agreements-kept-formula = Afspraken die op de afgesproken dag waren nagekomen, als deel van alle afspraken die toen moesten zijn nagekomen.
agreements-kept-unit = afspraken
closing-title = Afsluiting
closing-formula = Leerlingen met een afsluitend gesprek of een compliment in de laatste acht weken van het schooljaar, als deel van alle leerlingen.
closing-unit = leerlingen
event-participation-title = Bij activiteiten
event-participation-formula = Leerlingen van wie een ouder of verzorger naar een activiteit kwam, als deel van alle uitgenodigde leerlingen, per activiteit geteld.
event-participation-unit = uitgenodigde leerlingen
survey-response-title = Respons
survey-response-formula = Ingevulde vragenlijsten, als deel van alle uitgezette vragenlijsten.
survey-response-unit = uitgezette vragenlijsten
guardian-trust-title = Vertrouwen van ouders
guardian-trust-formula = Antwoorden van ouders en verzorgers met een 4 of 5 op een schaal van 5, als deel van al hun antwoorden.
guardian-trust-unit = antwoorden
teacher-trust-title = Vertrouwen van leraren
teacher-trust-formula = Antwoorden van leraren met een 4 of 5 op een schaal van 5, als deel van al hun antwoorden.
teacher-trust-unit = antwoorden
full-engagement-title = 100%-lijn
full-engagement-formula = Leerlingen bij wie aan elk criterium is voldaan dat nu geldt, als deel van alle leerlingen. Wat niet bekend is, telt als niet voldaan.
full-engagement-unit = leerlingen
lessons-prepared-title = Lessen voorbereid
lessons-prepared-formula = Lessen die een school vóór de volgende bijeenkomst heeft voorbereid, als deel van alle lessen van de groep scholen, per school geteld.
lessons-prepared-unit = lessen
lessons-taught-title = Lessen gegeven
lessons-taught-formula = Lessen die een school vóór de volgende bijeenkomst aan het team heeft gegeven, als deel van alle lessen van de groep scholen, per school geteld.
lessons-taught-unit = lessen
team-attendance-title = Team aanwezig
team-attendance-formula = Medewerkers die bij een teambijeenkomst waren, als deel van allen die werden verwacht.
team-attendance-unit = verwachte medewerkers
experience-return-title = Ervaringen gedeeld
experience-return-formula = Lessen waarover een school vóór de volgende bijeenkomst een ervaring heeft gedeeld, als deel van alle lessen van de groep scholen, per school geteld.
experience-return-unit = lessen
content-use-title = Materiaal gebruikt
content-use-formula = Medewerkers die het materiaal van een les hebben doorgenomen, als deel van allen van wie dat werd verwacht.
content-use-unit = verwachte medewerkers

## Getallen en dagen

percent = { $number }%
day = { $day } { $month ->
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
} { $year }
month = { $month ->
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
} { $year }
month-short = { $month ->
    [1] jan
    [2] feb
    [3] mrt
    [4] apr
    [5] mei
    [6] jun
    [7] jul
    [8] aug
    [9] sep
    [10] okt
    [11] nov
   *[12] dec
}

## Grafieken

chart-several = Ouderbetrokkenheid
chart-subtitle = { $place } · { $from } t/m { $to } · { $every }
every-week = per week
every-month = per maand van hele weken
every-school-year = per schooljaar van hele weken
axis-week = week
axis-month = maand
axis-school-year = schooljaar
axis-share = % van de { $unit }
axis-shares = aandeel (%)
line-of-group = { $metric } · { $group }
hidden-small-mark = n klein
hidden-small = n klein: van zo weinig tonen we geen cijfer
hidden-complementary = niet getoond: met dit cijfer was een ander uit te rekenen
hidden-extreme = niet getoond: het zou over enkelen gaan
missing = geen gegevens
chart-of-nothing = In deze periode zijn er geen cijfers.
chart-alt = Lijngrafiek. { $title }. { $subtitle }. { $lines }
chart-alt-line = { $name }: laatste cijfer { $value } ({ $period }).
chart-alt-hidden = { $name }: geen cijfer getoond.
language-name = { $tag ->
    [none] thuistaal onbekend
    [nl] Nederlands
    [fy] Fries
    [en] Engels
    [de] Duits
    [fr] Frans
    [es] Spaans
    [pt] Portugees
    [it] Italiaans
    [pl] Pools
    [ro] Roemeens
    [bg] Bulgaars
    [tr] Turks
    [ar] Arabisch
    [ber] Berbers
    [so] Somalisch
    [ti] Tigrinya
    [uk] Oekraïens
    [ru] Russisch
    [fa] Perzisch
    [ur] Urdu
    [zh] Chinees
    [pap] Papiaments
   *[other] { $tag }
}

## Maandbericht

report-title = Ouderbetrokkenheid in { $month }
report-file = ouderbetrokkenheid
report-author = Glans
report-metric = Maat
report-count = Aantal
report-of = { $numerator } van { $denominator }
report-hidden = niet getoond
report-missing = –
report-absent = Zonder cijfers in deze twee maanden: { $metrics }.
report-line = De 100%-lijn: bij { $numerator } van de { $denominator } leerlingen ({ $value }) is aan elk criterium voldaan.
report-line-unknown = Van { $unknown ->
    [one] één andere leerling
   *[other] { $unknown } andere leerlingen
} is nog niet alles bekend.
report-line-small = De 100%-lijn: niet getoond, want het gaat om te weinig leerlingen.
report-line-hidden = De 100%-lijn: niet getoond, want daarmee zou iets over enkele leerlingen bekend worden.
report-line-missing = De 100%-lijn: over deze maand is er nog geen cijfer.
report-chart = De laatste twaalf weken
report-weeks = { $from } t/m { $to } · per week
report-note-month = Een maand telt de weken waarvan de donderdag erin valt: hier { $from } t/m { $to }.
report-note-small = Van minder dan 5 tonen we geen cijfer, bij vragenlijsten van minder dan 10 (n < 5, n < 10).
report-note-hidden = „Niet getoond” staat bij een cijfer waarmee een verborgen cijfer is uit te rekenen, of dat over enkelen zou gaan.
report-note-same = Het zijn dezelfde cijfers als in de app, voor wie dit bericht opvroeg, op { $day }.
