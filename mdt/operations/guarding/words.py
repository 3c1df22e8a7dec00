"""Words that tell nothing by themselves, so that repeating one warns nobody."""

from __future__ import annotations


def _each(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMON = _each(
    """
    a about above across after afternoon again against age agency ago all alone along already also although always am
    among an and another any anybody anyone anything are around as ask asked asks at away back bad be became because
    been before began behind being below best better between big bit both bring brought but by call called calls came
    can cannot care case change child children city clear close come comes coming contact could county court day days
    decide decided did different do does doing done door down during each early eat eight either else end enough even
    evening ever every everybody everyone everything family far feel feels felt few find first five for found four
    from full gave get gets getting give given gives go goes going gone good got had half hand has have having he
    health hear heard help helped helps her here hers herself him himself his home hour hours how i if in inside into
    is it its itself just keep keeps kept kind knew know known knows last late later least left less let lets like
    little live lives long look looked looking looks made make makes making many may maybe me meet meeting might mine
    minutes moment month months more morning most mother much must my myself name need needed needs never new next
    nice night nine no nobody none nor not note nothing now number of off office often old on once one only open or
    other others our ours out outside over own part people perhaps person phone place plan police put rather ready
    really rest right ring rings room safe said same saw say says school second see seen send sent seven several shall
    she should show since sit six sleep so some somebody someone something sometimes soon spoke stay stayed still stop
    such support sure take taken takes talk talked team tell ten than that the their theirs them then there these they
    thing things think thinks third this those though thought three through time to today together told tomorrow
    tonight too took toward tried try two under until up upon us use used very visit wait waits walk want wanted wants
    was way we week weekend weeks well went were what when where whether which while who whole whom whose why will
    with within without woman word words work worker works would write writes wrote year years yes yesterday yet you
    young your yours youth
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december spring summer autumn fall winter
    mr mrs ms dr doctor nurse officer judge lawyer teacher advocate caseworker father parent parents sister brother
    """
)
"""English that stands in any note, titles, days and months."""

PLACES = _each(
    """
    street st avenue ave road rd lane ln drive boulevard blvd terrace highway hwy route square court place way house
    shelter motel hotel inn apartment apt building floor unit clinic center centre hospital church park station
    """
)
"""What stands beside the name of a place: alone it tells nothing, beside a name it makes one."""

STREETS = _each("street st avenue ave road rd lane ln boulevard blvd terrace highway hwy shelter motel")
"""Those that make a place of whatever stands before them."""

__all__ = ["COMMON", "PLACES", "STREETS"]
