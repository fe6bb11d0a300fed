"""What chapters say of who takes part in a deal, and of how many: words that agree with their number."""

from __future__ import annotations

from voortgang.run.plan import Plan
from voortgang.workspace.deal import article_text
from voortgang.writing import dutch


def deal_words(plan: Plan) -> dict[str, str]:
    """Return what chapters say of who takes part in the deal, and of how many."""
    deal, day = plan.deal, plan.parameters.reference_date
    parties = [party for party in deal.parties if party.takes_part(day)]
    names = [party.short for party in deal.municipalities_on(day)]
    provinces = [party for party in parties if party.kind == "provincie"]
    word = deal.pillar_word
    listed = [
        dutch.count(len(names), "gemeente", "gemeenten", words=True) if names else "",
        "de provincie" if len(provinces) == 1 else "",
        dutch.count(len(provinces), "provincie", "provincies", words=True) if len(provinces) > 1 else "",
        "het Rijk" if any(party.group == "rijk" for party in parties) else "",
    ]
    recipient = next(party.short for party in deal.parties if party.id == deal.instalments.recipient)
    first, last = deal.term.first_year, deal.term.end.year
    here = {party.id: party.short for party in parties}  # who joins later, or has left, sits in no meeting
    members = [here[each] for each in deal.consultation.members if each in here]
    secretariat = [here[each] for each in deal.consultation.secretariat if each in here]
    return {
        "deal.gemeenten_zijn": "De gemeente is" if len(names) == 1 else "De gemeenten zijn",
        "deal.elke_gemeente": "de gemeente" if len(names) == 1 else "elke gemeente",
        "deal.blad_per_gemeente": "haar blad" if len(names) == 1 else "een blad per gemeente",
        "deal.per_gemeente": "van de gemeente" if len(names) == 1 else "per gemeente",
        "deal.leden": dutch.listing(members) or "geen partijen",
        "deal.secretariaat": dutch.listing(secretariat) or deal.publisher,
        "deal.erin_zitten": "Erin zit" if len(members) == 1 else "Erin zitten",
        "deal.secretariaat_voeren": "Het secretariaat voert" if len(secretariat) == 1 else "Het secretariaat voeren",
        "deal.wie_werken": "Rijk en Regio werken"
        if any(each.group == "rijk" for each in parties)
        else "De partijen werken",
        "deal.van_tot": str(first) if first == last else f"{first}–{last}",
        "deal.niveaus": article_text(deal, "niveaus") if deal.articles_by_name["niveaus"] else "het convenant",
        **({"rijk.draagt_bij": "ja"} if deal.contribution("rijk") else {}),
        "deal.aantal_pijlers": dutch.count(len(deal.pillars), word.one, word.many, words=True),
        "deal.partijen": dutch.listing(each for each in listed if each),
        "deal.namen_partijen": dutch.listing(party.short for party in parties),
        "deal.namen_gemeenten": dutch.listing(names) or deal.region,
        "deal.ontvanger": recipient,
        **({"deal.loopt": "ja"} if day < deal.term.end else {}),
        **({"verslag.eerder": "ja"} if plan.year > deal.term.first_year else {}),
    }
