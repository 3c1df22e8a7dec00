# ruff: noqa: E501  (one line a field)
# fmt: off
"""The catalog: every field of a case, declared once, one line each.

Forms, pages, the API, exports, seals and the reference grow from these lines. The fourth word of a
line is its *sealing group*: fields that every rule opens together share one envelope, so that what
is withheld is never decrypted beside what is shown (`tests/unit/sharing/test_fields.py` holds it).
"""

from __future__ import annotations

from mdt.sharing.declare import CategoryEntry, Chapter, Kind, category
from mdt.sharing.vocabulary import Category

LINE, PARAGRAPH, DATE, TIME, LIST = Kind.LINE, Kind.PARAGRAPH, Kind.DATE, Kind.TIME, Kind.LIST
CHOICE, YES_NO, PHONE, PHOTO = Kind.CHOICE, Kind.YES_NO, Kind.PHONE, Kind.PHOTO

PERSON: tuple[CategoryEntry, ...] = (
    category(
        Category.ID, "Who the young person is", Chapter.PERSON,
        ("name_in_use", "Name they use", LINE, "call", "The name they answer to and feel safe with."),
        ("legal_name", "Legal name", LINE, "legal", "As on the birth certificate or court papers."),
        ("date_of_birth", "Date of birth", DATE, "birth", "If only the year is known, say so in the case note."),
        ("legal_sex", "Legal sex", CHOICE, "described", "As on official papers.", ("female", "male", "X", "unknown")),
        ("race_language_tribe", "Race, language, tribe", LINE, "described", "In their own words; name the tribe if there is one."),
        ("case_numbers", "Case numbers", LIST, "numbers", "One a line, with whose number it is."),
        ("assigned_worker", "Assigned worker", LINE, "worker", "Who at the lead agency to call."),
        ("school_contact", "School contact", LINE, "call", "The person at school who knows this plan."),
    ),
    category(
        Category.CONTACT, "How to reach them", Chapter.PERSON,
        ("safe_channel", "Safe way to reach them", LINE, "safe", "The one way that puts nobody at risk."),
        ("message_ok", "Safe to leave a message?", YES_NO, "safe", "Yes only if they told you so."),
        ("phone_seen_by", "Who else sees the phone", LINE, "safe", "Anyone who may read or answer it."),
        ("phones", "Phone numbers", PHONE, "all", "One a line."),
        ("handles", "Online names", LIST, "all", "App and name, one a line."),
        ("general_address", "General address", LINE, "all", "Town or mailing address. Never a safe address."),
        ("caregiver_contact", "Caregiver to call", LINE, "guardian", "Name and number."),
        ("emergency_contact", "Emergency contact", LINE, "guardian", "Who to call if the caregiver cannot be reached."),
    ),
    category(
        Category.PHOTO, "Photo and description", Chapter.PERSON,
        ("image", "Photo", PHOTO, "image", "A recent, ordinary photo. Never a sexual image: call law enforcement."),
        ("height_weight", "Height and weight", LINE, "look", "About how tall, about how heavy."),
        ("hair_eyes", "Hair and eyes", LINE, "look", "Color and style, as of today."),
        ("marks", "Scars, marks, tattoos", LINE, "marks", "What and where."),
        ("injury_images", "Photos of injuries", PHOTO, "injuries", "Only those taken for care or evidence."),
    ),
    category(
        Category.FAMILY, "Family and household", Chapter.PERSON,
        ("household_adults", "Adults in the home", LIST, "home", "One a line."),
        ("relationships", "How they are related", PARAGRAPH, "safety", "Who is who to the young person."),
        ("custody", "Who has custody", LINE, "home", "And since when."),
        ("safety_flags", "Safety concerns", PARAGRAPH, "safety", "What a visitor must know before knocking."),
        ("siblings", "Brothers and sisters", LIST, "rest", "One a line; their own matters stay in their own case."),
        ("family_medical_history", "Family medical history", PARAGRAPH, "medical", "What a clinic would ask."),
        ("history_with_agency", "History with the agency", PARAGRAPH, "rest", "Earlier cases, in short."),
        ("note", "Note", PARAGRAPH, "rest", "Anything else the team should know."),
    ),
    category(
        Category.SOGI, "Orientation and gender identity", Chapter.PERSON,
        ("orientation", "Orientation", LINE, "private", "Only if the young person chose to say."),
        ("gender_identity", "Gender identity", LINE, "care", "In their words."),
        ("name_safety", "Where the name is safe", LINE, "care", "With whom the name they use may be said."),
        ("note", "Note", PARAGRAPH, "private", "Only what they want written."),
    ),
    category(
        Category.IMMIGRATION, "Immigration", Chapter.JUSTICE,
        ("status", "Status", LINE, "status", "Leave empty unless it is needed for relief."),
        ("identifiers", "Numbers", LINE, "status", "Only if a filing needs them."),
        ("relief_steps", "Steps toward relief", PARAGRAPH, "relief", "What was filed, what comes next."),
        ("eligibility_needed", "Is an eligibility letter needed?", YES_NO, "relief", "Yes or no is enough for most."),
        ("note", "Note", PARAGRAPH, "status", "Keep it short."),
    ),
)

SAFETY: tuple[CategoryEntry, ...] = (
    category(
        Category.MISSING, "Missing from care", Chapter.SAFETY,
        ("legal_name", "Legal name", LINE, "card", "As police will enter it."),
        ("age", "Age", LINE, "card", "In years."),
        ("photo", "Photo", PHOTO, "card", "Recent and ordinary."),
        ("height_weight", "Height and weight", LINE, "card", "About."),
        ("hair_eyes", "Hair and eyes", LINE, "card", "As last seen."),
        ("last_seen", "Last seen", LINE, "seen", "Where and when."),
        ("clothing", "Clothing", LINE, "card", "When last seen."),
        ("le_contact", "Officer to call", LINE, "seen", "Name, agency, number."),
        ("endangerment", "What puts them in danger", PARAGRAPH, "danger", "What police need to know to find them safe."),
        ("factors", "Why they left", PARAGRAPH, "learned", "What led up to it, as far as known."),
        ("debrief", "After they came back", PARAGRAPH, "learned", "What they told about the time away."),
        ("note", "Note", PARAGRAPH, "learned", "Anything else."),
    ),
    category(
        Category.SAFE_ADDR, "Protected address", Chapter.SAFETY,
        ("placement_name", "Name of the place", LINE, "place", "As staff call it."),
        ("address", "Address", LINE, "place", "Shown one at a time, never searched, printed or mailed."),
        ("directions", "How to get there", PARAGRAPH, "place", "What a map would not tell."),
        ("access_notes", "At the door", PARAGRAPH, "place", "Whom to ask for, what to say."),
        ("transport_plan", "Getting them there", PARAGRAPH, "place", "Who drives, from where, when."),
        ("zone", "School zone", LINE, "zone", "District or bus zone only."),
    ),
    category(
        Category.TRAFFICKING, "Trafficking screening", Chapter.SAFETY,
        ("status", "Finding", CHOICE, "finding", "Where it stands today.", ("suspected", "confirmed", "not found", "under review")),
        ("kind", "Kind", CHOICE, "finding", "What the finding is about.", ("sex", "labor", "both", "not known")),
        ("date_identified", "Identified on", DATE, "needs", "The report clock runs from this day."),
        ("safety_needs", "Needed to be safe now", PARAGRAPH, "needs", "Tonight and this week."),
        ("tool_answers", "Screening answers", PARAGRAPH, "told", "Tool, date and answers."),
        ("narrative", "What happened", PARAGRAPH, "told", "In their words where you can."),
        ("exploiter", "Who did it", PARAGRAPH, "told", "Names, online names, cars."),
        ("co_victims", "Other young people", PARAGRAPH, "told", "They have a right to privacy too."),
    ),
    category(
        Category.ALLEGATION, "Report and investigation", Chapter.SAFETY,
        ("type", "Kind of report", LINE, "finding", "Neglect, abuse, trafficking."),
        ("date", "Date of report", DATE, "finding", "When the hotline took it."),
        ("safety_decision", "Safety decision", LINE, "safety", "Safe, safe with a plan, unsafe."),
        ("finding", "Finding", LINE, "finding", "Open, founded, unfounded."),
        ("assigned_worker", "Assigned worker", LINE, "safety", "Who investigates."),
        ("narrative", "What was reported", PARAGRAPH, "told", "Leave out who made the report."),
        ("alleged_offender", "Alleged offender", LINE, "told", "Name and relation."),
    ),
    category(
        Category.REPORTER, "Who made the report", Chapter.SAFETY,
        ("name", "Name", LINE, "identity", "Kept apart; almost nobody sees this."),
        ("contact", "Contact", PHONE, "identity", "How to reach them for follow-up."),
        ("relationship", "Relation to the young person", LINE, "account", "Teacher, neighbor, relative."),
        ("statement", "What they said", PARAGRAPH, "account", "In their own words."),
    ),
    category(
        Category.ADVOCATE, "Confidential advocate's records", Chapter.SAFETY,
        ("services", "Services", PARAGRAPH, "record", "What was asked for, given or turned down."),
        ("contact_log", "Contacts", PARAGRAPH, "record", "When and how."),
        ("communications", "What was said", PARAGRAPH, "record", "Write only what the young person wants kept."),
        ("safety_plan", "Safety plan", PARAGRAPH, "record", "Theirs, made with you."),
        ("shelter_stay", "Shelter stay", LINE, "record", "From, to. No address."),
        ("note", "Note", PARAGRAPH, "record", "Stays with your agency unless they sign."),
    ),
)

HEALTH: tuple[CategoryEntry, ...] = (
    category(
        Category.HEALTH, "Physical health", Chapter.HEALTH,
        ("allergies", "Allergies", LIST, "care", "One a line; none is worth writing too."),
        ("medications", "Medicines", LIST, "medicines", "Name, dose, when. Not from a substance use program."),
        ("precautions", "Precautions", PARAGRAPH, "care", "What a caregiver must watch for."),
        ("appointments", "Appointments", LIST, "care", "Date, place, for what."),
        ("injuries", "Injuries", PARAGRAPH, "injuries", "What was seen, where on the body."),
        ("findings", "Exam findings", PARAGRAPH, "findings", "As stated in the report."),
        ("diagnoses", "Diagnoses", LIST, "clinical", "One a line."),
        ("blood_type", "Blood type", LINE, "locate", "If known."),
        ("distinguishing_features", "Distinguishing features", LINE, "locate", "What would help to recognize them."),
        ("note", "Note", PARAGRAPH, "clinical", "Anything else for those who treat."),
        labels=("HIV", "STI", "PREGNANCY", "MEDICATION"),
    ),
    category(
        Category.REPRO, "Reproductive and sexual health", Chapter.HEALTH,
        ("pregnancy", "Pregnancy", LINE, "pregnancy", "Yes or no, and weeks."),
        ("contraception", "Birth control", LINE, "private", "Method, since when."),
        ("sti_hiv", "STI and HIV", PARAGRAPH, "infection", "Tests and treatment."),
        ("assault_exam", "Sexual assault exam", PARAGRAPH, "private", "Date, place, kit number."),
        ("procedures", "Procedures", PARAGRAPH, "private", "Only what care needs."),
        ("note", "Note", PARAGRAPH, "private", "The young person decides who reads this."),
        labels=("HIV", "STI", "PREGNANCY"),
    ),
    category(
        Category.BEHAVIORAL, "Behavioral health", Chapter.HEALTH,
        ("safety_plan", "Safety plan", PARAGRAPH, "safety", "What helps when it gets bad."),
        ("crisis_contacts", "Crisis contacts", LIST, "safety", "Name and number, one a line."),
        ("psychotropics", "Psychiatric medicines", LIST, "medicines", "Name, dose, when."),
        ("consent_status", "Consent for medicines", LINE, "safety", "Who agreed, when."),
        ("diagnosis", "Diagnosis", LIST, "clinical", "One a line."),
        ("therapy_summary", "Therapy in short", PARAGRAPH, "clinical", "Goals and progress, not the sessions."),
        ("suicide_risk", "Risk of suicide", LINE, "risk", "Level, and when it was last asked."),
        ("note", "Note", PARAGRAPH, "clinical", "Anything else for those who treat."),
    ),
    category(
        Category.PSYNOTES, "Psychotherapy notes", Chapter.HEALTH,
        ("session_date", "Session", DATE, "notes", "Better kept in the therapist's own system."),
        ("notes", "Notes", PARAGRAPH, "notes", "Only the one who wrote them reads them."),
    ),
    category(
        Category.SUD_P2, "Substance use treatment", Chapter.HEALTH,
        ("program", "Program", LINE, "emergency", "Name and clinician."),
        ("attendance", "Attendance", PARAGRAPH, "treatment", "Dates kept and missed."),
        ("medications", "Medicines", LIST, "emergency", "Name and dose; an emergency room needs this."),
        ("diagnosis", "Diagnosis", LIST, "emergency", "One a line."),
        ("test_results", "Test results", PARAGRAPH, "treatment", "Date and result."),
        ("counseling", "Counseling", PARAGRAPH, "treatment", "Mark as counseling notes if they are."),
        ("note", "Note", PARAGRAPH, "treatment", "Federal law protects every word here."),
        labels=("SUD_NOTES",),
    ),
)

SCHOOL: tuple[CategoryEntry, ...] = (
    category(
        Category.EDUCATION, "School record", Chapter.SCHOOL,
        ("school", "School", LINE, "attends", "Name and district."),
        ("enrolment", "Enrollment", LINE, "plan", "Grade, since when."),
        ("attendance", "Attendance", PARAGRAPH, "attends", "Days missed, and why if known."),
        ("iep_goals", "Special education goals", PARAGRAPH, "plan", "From the current plan."),
        ("grades", "Grades", PARAGRAPH, "record", "Latest report."),
        ("discipline", "Discipline", PARAGRAPH, "record", "What, when, what followed."),
        ("safety_concern", "Safety concern", PARAGRAPH, "safety", "What the school saw or was told."),
        ("note", "Note", PARAGRAPH, "record", "Anything else."),
    ),
    category(
        Category.EMPLOYMENT, "Work, money and benefits", Chapter.SCHOOL,
        ("jobs", "Jobs", LIST, "jobs", "Where and when."),
        ("wages", "Wages", LINE, "owed", "Paid and unpaid."),
        ("benefits", "Benefits", LIST, "benefits", "Applied for and received."),
        ("credit", "Credit and debt", PARAGRAPH, "money", "Also debt somebody made in their name."),
        ("restitution", "Restitution", PARAGRAPH, "owed", "Claimed and ordered."),
        ("note", "Note", PARAGRAPH, "money", "Anything else."),
    ),
)

JUSTICE: tuple[CategoryEntry, ...] = (
    category(
        Category.COURT, "Court file", Chapter.JUSTICE,
        ("custody", "Custody", LINE, "custody", "Who has it, by which order."),
        ("consent_authority", "Who may consent", LINE, "consent", "For health care, for school."),
        ("education_decision_maker", "Who decides on school", LINE, "schooling", "By name."),
        ("no_contact", "No contact", LIST, "no_contact", "Who must stay away; until when."),
        ("hearing_dates", "Hearings", LIST, "hearings", "Date, time, room."),
        ("petition", "Petition", PARAGRAPH, "file", "What was asked of the court."),
        ("findings", "Findings", PARAGRAPH, "file", "What the judge found."),
        ("orders_text", "Orders", PARAGRAPH, "file", "In the words of the order."),
        ("note", "Note", PARAGRAPH, "file", "Anything else filed."),
    ),
    category(
        Category.CRIMINAL, "Criminal investigation", Chapter.JUSTICE,
        ("agency_case_no", "Police case number", LINE, "status", "Number and agency. No database printouts."),
        ("status", "Status", LINE, "status", "Open, charged, closed."),
        ("next_hearing", "Next hearing", DATE, "status", "In the criminal court."),
        ("release_conditions", "Release conditions", PARAGRAPH, "status", "What the defendant may not do."),
        ("police_report", "Police report", PARAGRAPH, "report", "In short."),
        ("evidence_refs", "Evidence", LIST, "work", "Where it is kept. Never the thing itself."),
        ("operations", "Operations", PARAGRAPH, "work", "Plans that would be spoiled if known."),
    ),
    category(
        Category.FORENSIC, "Forensic interview", Chapter.JUSTICE,
        ("status", "Status", CHOICE, "status", "Where it stands.", ("scheduled", "done", "not needed", "declined")),
        ("date", "Date", DATE, "status", "Of the interview."),
        ("lead_agency", "Lead agency", LINE, "status", "Who holds the recording."),
        ("follow_up", "Follow-up", LINE, "status", "Another interview, an exam."),
        ("history_for_care", "History for care", PARAGRAPH, "care", "Only what a clinician needs."),
        ("summary", "Summary", PARAGRAPH, "summary", "No quotes, no names of other children."),
        ("recording_pointer", "Where the recording is", LINE, "pointer", "Agency and number. The recording never comes here."),
    ),
    category(
        Category.JUVENILE, "Delinquency and probation", Chapter.JUSTICE,
        ("petition", "Petition", PARAGRAPH, "file", "What is charged."),
        ("disposition", "Disposition", LINE, "status", "What the court decided."),
        ("probation_terms", "Terms of probation", LIST, "status", "One a line."),
        ("detention", "Detention", PARAGRAPH, "file", "Where, from, to."),
        ("school_notice", "Notice to school", PARAGRAPH, "notice", "Only where state law asks for it."),
        ("note", "Note", PARAGRAPH, "file", "Anything else."),
    ),
    category(
        Category.LEGAL_PRIV, "Lawyer's papers", Chapter.JUSTICE,
        ("advice", "Advice", PARAGRAPH, "privileged", "Between lawyer and client."),
        ("work_product", "Work product", PARAGRAPH, "privileged", "Drafts and notes for the case."),
        ("correspondence", "Letters", PARAGRAPH, "privileged", "With the client."),
    ),
)

PLAN: tuple[CategoryEntry, ...] = (
    category(
        Category.PLAN, "Needs, goals and referrals", Chapter.PLAN,
        ("needs", "Needs", LIST, "needs", "One a line, most urgent first."),
        ("goals", "Goals", LIST, "goals", "What the young person wants to reach."),
        ("referrals", "Referrals", LIST, "referrals", "To whom, for what, since when."),
        ("tasks", "Tasks", LIST, "tasks", "Who does what by when."),
        ("education_goals", "School goals", LIST, "schooling", "One a line."),
        ("safety_plan_items", "Safety plan", LIST, "safety", "Who does what, tonight, if there is danger."),
        ("note", "Note", PARAGRAPH, "note", "Anything else."),
    ),
    category(
        Category.MEETING, "Meeting notes", Chapter.PLAN,
        ("text", "What was said", PARAGRAPH, "minutes", "One matter a paragraph."),
        ("decision", "Decision", PARAGRAPH, "minutes", "What was agreed."),
        ("tasks", "Tasks", LIST, "minutes", "Who does what by when."),
    ),
)

ENTRIES: tuple[CategoryEntry, ...] = PERSON + SAFETY + HEALTH + SCHOOL + JUSTICE + PLAN
