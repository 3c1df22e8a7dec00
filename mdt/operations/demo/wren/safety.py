"""What keeps Wren safe: the report, the screening, the street she lives in, her advocate."""

from __future__ import annotations

from mdt.operations.demo.entries import Entry
from mdt.operations.demo.when import When
from mdt.sharing.vocabulary import Category


def record(when: When) -> tuple[Entry, ...]:
    return (
        _home(), _away(when), _screening(when), _report(when), _reporter(),
        _jo_plan(), _jo_contacts(when),
    )  # fmt: skip


def _home() -> Entry:
    return Entry(
        name="wren.home",
        category=Category.SAFE_ADDR,
        source="county",
        author="dee",
        days=88,
        values={
            "placement_name": "Marisol Dunn’s house",
            "address": "418 Birch Street, Alder",
            "directions": "Blue door behind the bakery. Park on Mill Road, not in front.",
            "access_notes": "Ring twice. Say your first name and wait.",
            "transport_plan": "Marisol or Dee drives. Nobody else collects her.",
            "zone": "Zone 4",
        },
    )


def _away(when: When) -> Entry:
    return Entry(
        name="wren.away",
        category=Category.MISSING,
        source="county",
        author="dee",
        days=40,
        values={
            "legal_name": "Wrenna May Calloway",
            "age": "15",
            "height_weight": "5 feet 3, about 115 pounds",
            "hair_eyes": "Short brown hair, grey eyes",
            "last_seen": f"Bus station in Alder, {when.said(-44)}, about 9 pm",
            "clothing": "Green jacket, white shoes, school bag",
            "le_contact": "Detective Marcus Bell, Alder Police, 555-0140",
            "endangerment": "Someone she had met online was waiting for her.",
            "factors": "A call from home upset her. She did not want to be driven back there.",
            "debrief": f"She rang Jo at six in the morning on {when.said(-42)}, and Dee fetched "
            "her. She slept at a friend’s. She was hungry and not hurt.",
        },
    )


def _screening(when: When) -> Entry:
    return Entry(
        name="wren.screening",
        category=Category.TRAFFICKING,
        source="county",
        author="dee",
        days=40,
        third_party={"friend": ("co_victims",)},
        values={
            "status": "suspected",
            "kind": "not known",
            "date_identified": when.iso(-41),
            "safety_needs": "Nobody collects her but Marisol, Dee or Casey. No phone calls from "
            "numbers she does not know. Bus stop by the zone, not by the house.",
            "tool_answers": "Asked by Dee in two sittings, Jo beside her. Four of the questions "
            "answered yes. She stopped twice, and that was fine.",
            "narrative": "A man she knew from a game paid for a phone and for rides. Then he said "
            "she owed him. She got away before she had to do what he wanted.",
            "exploiter": "Calls himself Ty. A grey car. Detective Bell has the rest.",
            "co_victims": "She worries about one other girl, whom she knows by first name only.",
        },
    )


def _report(when: When) -> Entry:
    return Entry(
        name="wren.report",
        category=Category.ALLEGATION,
        source="county",
        author="dee",
        days=91,
        values={
            "type": "Neglect, and a risk of trafficking",
            "date": when.iso(-93),
            "safety_decision": f"Not safe at home. In county care since {when.said(-92)}.",
            "finding": "Open",
            "assigned_worker": "Dee Moreno",
            "narrative": "She was often alone at night. A grown man in a grey car came for her "
            "three times in one week. Her mother was told and did not act.",
            "alleged_offender": "Rick Stroud, her mother’s partner: threats, twice",
        },
    )


def _reporter() -> Entry:
    return Entry(
        name="wren.reporter",
        category=Category.REPORTER,
        source="county",
        author="casey",
        days=91,
        values={
            "name": "Gwen Tull",
            "contact": "555-0186",
            "relationship": "Neighbor across the yard",
            "statement": "“I have seen that car too often, and that girl too thin. I will not look away again.”",
        },
    )


def _jo_plan() -> Entry:
    return Entry(
        name="wren.jo.plan",
        category=Category.ADVOCATE,
        source="opendoor",
        author="jo",
        days=13,
        values={
            "services": "Somebody to ring at any hour. Company to court, if she wants it.",
            "safety_plan": "“If I’m scared at night I go to Marisol first, then I ring Jo. I don’t "
            "want police to come first unless someone is at the door. If the grey car is there I "
            "go in through the bakery.”",
            "note": "She made it herself and read it out twice. She may want the team to have it.",
        },
    )


def _jo_contacts(when: When) -> Entry:
    return Entry(
        name="wren.jo.calls",
        category=Category.ADVOCATE,
        source="opendoor",
        author="jo",
        days=1,
        clock="23:50",
        values={
            "contact_log": f"{when.said(-1)}, late: she rang for twenty minutes. "
            f"{when.said(-13)}: walked with her along Birch Street. {when.said(-42)}: her call.",
            "communications": "The car stopped in the street again. She is tired of telling it "
            "to new people. She asked what would happen if the team knew.",
        },
    )


__all__ = ["record"]
