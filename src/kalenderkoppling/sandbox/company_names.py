"""Names, departments and what people are responsible for in the pretend company."""

from __future__ import annotations

from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN_NAMES = _words(
    """Åsa Anna Eva Maria Karin Kristina Lena Kerstin Sara Emma Malin Jenny Linda Elin Ida Hanna Sofia Johanna
    Märta Agnes Ebba Elsa Signe Tuva Wilma Selma Astrid Freja Maja Gunilla Birgitta Ulrika Cecilia Frida
    Helena Zahra Amira Leila Fatima Aino Märit Ylva Siv Göran Åke Örjan Björn Håkan Sören Jörgen Lars
    Anders Mikael Johan Per Erik Karl Fredrik Magnus Mattias Jonas Henrik Emil Viktor Oskar Gustav Axel
    Elias Hugo Nils Ludvig Måns Pär Tore Sixten Yngve Bengt Rolf Stefan Peter Ahmed Hassan Omar Jussi
    Mohammed Ivan Milan Kim Robin"""
)
FAMILY_NAMES = _words(
    """Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson
    Jonsson Lindström Lindqvist Lindgren Berg Bergström Bergqvist Lundberg Lundgren Lundström Åberg
    Åkesson Åström Öberg Öhman Östlund Östberg Björk Björklund Sjöberg Sjögren Sjöström Söderström
    Söderberg Nordström Nordin Hägglund Hedlund Hedström Holmgren Holmström Engström Ekström Eklund Ek
    Forsberg Forslund Fransson Gunnarsson Håkansson Isaksson Jakobsson Jansson Jönsson Lövgren Löfgren
    Mårtensson Månsson Norén Nyström Nyberg Olofsson Palm Rosén Samuelsson Sandström Strömberg Ström
    Sundström Svärd Törnqvist Wallin Wikström Viklund Åhlén Ängström Älvsjö Ödman Nguyen Ali Hussein
    Korhonen Virtanen Kovačević Haddad Yılmaz Lind Dahl Hellström Blomqvist"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department: titles, responsibilities, and the name of its weekly meeting."""

    name: str
    titles: tuple[str, ...]
    responsibilities: tuple[str, ...]
    weekly_meeting: str


DEPARTMENTS = (
    Department(
        name="Bygg och plan",
        titles=("Bygglovshandläggare", "Planarkitekt", "Byggnadsinspektör", "Avdelningschef"),
        responsibilities=("bygglov", "detaljplaner", "strandskydd", "rivningslov", "tillgänglighet"),
        weekly_meeting="Ärendegenomgång bygglov",
    ),
    Department(
        name="Miljö och hälsa",
        titles=("Miljöinspektör", "Livsmedelsinspektör", "Miljöstrateg"),
        responsibilities=("livsmedelskontroll", "enskilda avlopp", "buller", "förorenad mark"),
        weekly_meeting="Veckomöte Miljö",
    ),
    Department(
        name="Vatten och avlopp",
        titles=("VA-ingenjör", "Driftledare", "Rörnätstekniker"),
        responsibilities=("vattenmätare", "driftstörningar", "VA-anslutning", "dagvatten"),
        weekly_meeting="Driftmöte VA",
    ),
    Department(
        name="Gata och trafik",
        titles=("Trafikingenjör", "Parkeringshandläggare", "Projektledare gata"),
        responsibilities=("snöröjning", "parkeringstillstånd", "cykelvägar", "gatubelysning", "grävtillstånd"),
        weekly_meeting="Planering gata",
    ),
    Department(
        name="Projekt",
        titles=("Projektledare", "Konstruktör", "Byggledare", "Kalkylator"),
        responsibilities=("skolprojekt", "konstruktion", "upphandling entreprenad", "besiktning"),
        weekly_meeting="Projektavstämning",
    ),
    Department(
        name="Försäljning",
        titles=("Säljare", "Kundansvarig", "Försäljningschef", "Anbudsansvarig"),
        responsibilities=("anbud", "ramavtal", "kommunkunder", "nya kunder"),
        weekly_meeting="Säljmöte",
    ),
    Department(
        name="Ekonomi",
        titles=("Ekonom", "Redovisningsansvarig", "Controller", "Ekonomichef"),
        responsibilities=("leverantörsfakturor", "kundfakturor", "budget", "bokslut", "reseräkningar"),
        weekly_meeting="Ekonomimöte",
    ),
    Department(
        name="HR",
        titles=("HR-specialist", "Lönespecialist", "Rekryterare", "HR-chef"),
        responsibilities=("löner", "rekrytering", "rehabilitering", "friskvård", "pensioner"),
        weekly_meeting="HR-avstämning",
    ),
    Department(
        name="IT",
        titles=("Systemadministratör", "Supporttekniker", "Systemutvecklare", "IT-chef"),
        responsibilities=("telefoni", "behörigheter", "nätverk", "datorbeställningar", "e-post"),
        weekly_meeting="Morgonmöte IT",
    ),
    Department(
        name="Kommunikation",
        titles=("Kommunikatör", "Webbredaktör", "Presskontakt"),
        responsibilities=("press", "webbplatsen", "trycksaker", "mässor"),
        weekly_meeting="Redaktionsmöte",
    ),
    Department(
        name="Växel och reception",
        titles=("Telefonist", "Receptionist", "Växelansvarig"),
        responsibilities=("växel", "besök", "konferensrum", "post"),
        weekly_meeting="Växelmöte",
    ),
)

PLACES = ("Stockholm", "Göteborg", "Malmö", "Kiruna")

MEETINGS = (
    "Kundmöte",
    "Projektmöte",
    "Styrgrupp",
    "Arbetsmöte detaljplan",
    "Genomgång av anbud",
    "Medarbetarsamtal",
    "Upphandlingsmöte",
    "Byggmöte",
    "Samråd",
    "Planeringsmöte",
    "Budgetgenomgång",
    "Introduktion av nyanställd",
)
PRIVATE_ERRANDS = ("Tandläkare", "Läkarbesök", "Utvecklingssamtal på skolan", "Bilbesiktning", "Veterinären")
AWAY_AFTERNOONS = ("Platsbesök", "Utbildning arbetsmiljö", "Besiktning på plats", "Kundbesök i Uppsala")
