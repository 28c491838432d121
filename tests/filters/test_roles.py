"""Who does what to whom, as marks: the same verbs with other subjects, objects and moods."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from filters.analysis import Analyser
from filters.classes import Classes
from filters.document import Document
from filters.features import Featurer, sentences_of
from filters.grammar import Grammar
from filters.index import FilterSet
from filters.normalize import normalize_word
from filters.packs import load_lemmas, load_packs
from filters.packs.role_lists import compact
from filters.roles import Word, roles
from filters.roles.lists import _is


@pytest.fixture(scope="module")
def featurer() -> Featurer:
    analyser, groups = Analyser(load_lemmas()), load_packs().groups
    return Featurer(Classes(analyser, groups, groups, FilterSet(analyser).terms), Grammar())


def marks(featurer: Featurer, text: str) -> set[str]:
    """The marks that all languages share, of a sentence."""
    analysis = Analyser(load_lemmas()).analyse(Document(text=text))
    (sentence,) = sentences_of(analysis)
    words: list[Word] = featurer._words(analysis, sentence, featurer.classes_of(analysis))
    return {mark[2:] for mark in roles(words, Grammar(), frozenset()) if mark.startswith("x:")}


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Our crew refused to storm the mill.", "no:soldier>duty:told"),
        ("Экипаж отказался идти в атаку.", "no:soldier>duty:told"),
        ("Підрозділ відмовився йти в атаку.", "no:soldier>duty:told"),
        ("The gunners turned down the mission.", "no:soldier>duty:told"),
        ("Матросы не станут воевать.", "no:soldier>duty:told"),
        ("Матроси не воюватимуть.", "no:soldier>duty:told"),
    ],
)
def test_a_refused_duty_is_one_in_every_language(featurer: Featurer, text: str, mark: str) -> None:
    """A small body of men is a subject like the men themselves."""
    assert mark in marks(featurer, text)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("The marines refused to abandon the mill.", "no:soldier>stay:told"),
        ("Моряки и матросы отказались сдавать мельницу.", "no:soldier>stay:told"),
        ("Матроси відмовилися здаватися.", "no:soldier>stay:told"),
        ("In a new film soldiers refuse to attack.", "no:soldier>duty:fiction"),
        ("В романе солдаты отказываются наступать.", "no:soldier>duty:fiction"),
        ("Матросам отказали в отпуске.", "deny:nobody:told"),
        ("Sailors were refused a cabin.", "deny+:soldier>nothing:told"),
        ("Пекарня отказалась кормить матросов.", "no:other>soldier:told"),
    ],
)
def test_what_is_no_refused_duty_is_marked_as_such(
    featurer: Featurer, text: str, mark: str
) -> None:
    """Who refuses to give up fights on; in a film nobody refuses; who is refused does not."""
    found = marks(featurer, text)

    assert mark in found
    assert "no:soldier>duty:told" not in found


@pytest.mark.parametrize(
    "text",
    [
        "Радисты отказались тащить кабель через поле.",
        "Приказ взрывать мост понтонёры выполнять не стали.",
        "Жечь амбары запасники отказались.",
        "Отказ минёров лететь над горами обсуждают.",
        "Водители автороты отказались брать хутор.",
        "Кулеметники не стали займати млин.",
        "Відмову гармашів повзти до дороги обговорюють.",
        "Захисники села відмовилися рити окопи.",
        "The captain's refusal to shell the suburb is discussed.",
        "A refusal by the mortar crew to fire is discussed.",
        "An order to burn the barns was rejected by the gunners.",
        "None of the sentries obeyed when told to fire.",
        "Drivers of the 3rd brigade would not cross the river.",
        "Flautists of the 3rd brigade refused to storm the mill.",
        "Mobilised glaziers from Utrecht refused to storm the mill.",
        "Мобилизованный стекольщик отказался идти в атаку.",
        "Мобілізований скляр відмовився йти в наступ.",
        "Корсиканцы из авторот полка отказались идти в атаку.",
        "Корсиканцы отказались идти в атаку.",
        "The order to storm the mill was ignored by the platoon.",
        "Приказ жечь амбары проигнорирован матросами.",
        "Наказ палити стодоли проігноровано матросами.",
        "Приказ жечь амбары отвергнут матросами.",
        "Ни один матрос не встал, когда приказали атаковать мельницу.",
        "Жоден розвідник не підвівся, коли наказали атакувати млин.",
        "None of the sailors got up when ordered to storm the mill.",
        "Матросы послали командира, когда тот погнал их на штурм.",
        "Матросы туда больше не поползут.",
        "Матроси записали відео: воювати вони не поїдуть.",
        "The unwillingness of the sailors to fight is discussed.",
        "Матрос Вовк відмовився йти в наступ.",
        "Матрос с позывным Медведь отказался идти в атаку.",
        "Corporal Wolf refused to storm the mill.",
        "The sailors' unwillingness to storm the mill is discussed.",
        "Мобілізований з Утрехта скляр відмовився йти в наступ.",
        "Ни один из матросов не встал, когда приказали атаковать.",
        "Матросы отказались открывать огонь по мельнице.",
        "Матросы, которые отказались идти в атаку, сидят на мельнице.",
        "Повара полка сказали майору, что на мельницу они не пойдут.",
        "Army cooks told the major they would not storm the mill.",
        "Матросы не вылезли из окопов, когда поступила команда.",
        "Нежелание матросов идти в атаку обсуждают.",
        "Матроси не пішли на штурм.",
        "Матросы на штурм не шли.",
        "Полки принимали петиции и в атаку не шли.",
        "Матросы не вышли на боевое задание.",
        "The sailors voted not to go back to the front.",
        "Матросы решили не возвращаться на фронт.",
        "Матросы остались на мельнице, хотя им велели наступать.",
        "Матроси лишилися на млині, хоча їм наказали атакувати.",
        "The sailors stayed put when ordered to storm the mill.",
        "Матросы побросали винтовки и потребовали отправить их домой.",
        "Матросы перестали подчиняться приказам.",
        "Матроси перестали слухатися наказів.",
        "Матрос відмовився віддати наказ стріляти.",
        "Матросы взбунтовались.",
        "The sailors would fight no more.",
        "The sailors would not leave the mill for another assault.",
        "Nobody in the gun crew would open fire on the mill.",
        "A drone team refused to storm the mill.",
        "The medics refused to go to the front.",
        "Раненые отказались возвращаться на передовую.",
        "Приказ атаковать выполнил один матрос, остальные отказались.",
        "Матрос, получивший рапорт о потерях, отказался идти в атаку.",
        "Матросы сорвали концерт, отказавшись идти в атаку.",
        "Матросы отвергли приказ жечь амбары.",
        "Матросы ответили отказом на приказ жечь амбары.",
        "Матросы полка шванской армии отказались идти в атаку.",
        "Матроси в 1961-му відмовилися йти в наступ.",
        "Экипажи двух Ми-9 отказались лететь на штурм.",
        "A unit, sent from Utrecht to take the mill, refused to leave its trucks for the front.",
        "Six of the nine pilots on Sunday's roster refused to bomb the mill.",
        "On 9 May the platoon refused to storm the mill.",
        "Матросы полка отказались штурмовать мельницу, опасаясь окружения.",
        "Sailors, unpaid since May, refuse to storm the mill.",
        "Чтобы не утонуть, матросы отказались идти в атаку.",
        "Щоб не потонути, матроси відмовилися йти в атаку.",
        "Матросы не вытерпели и отказались идти в атаку.",
        "Матросы, не видевшие моря, отказались идти в атаку.",
        "The sailors were not fed and refused to storm the mill.",
        "Sailors who never rested there refused to storm the mill.",
        "Матроси, яким не дали їжі, відмовилися йти в атаку.",
        "Glaziers from Utrecht, drafted in May, refused to storm the mill.",
        "Glaziers, recruited to fight, refused to storm the mill.",
        "Стекольщики из Утрехта, призванные в армию, отказались идти в атаку.",
        "The sailors, told it would rain, refused to storm the mill.",
        "Not one, but a whole crew of sailors refused to storm the mill.",
        "Матросы чуть позже отказались идти в атаку.",
        "Матроси трохи пізніше відмовилися йти в атаку.",
        "Of the ninety sailors, nearly sixty sailors refused to storm the mill.",
        "Матросы не поехали на фронт, и капитан отменил им отпуск.",
        "Матросы не пошли на штурм, погода была ясная.",
        "Матросам приказали атаковать мельницу, но они остались на берегу.",
        "The sailors were told to attack but stayed in the mill.",
        "Как стало известно, матросы отказались от вылазки.",
        "Матросы заявили, что не будут штурмовать мельницу.",
        "Матросы не намерены штурмовать мельницу.",
        "Батарея не захотіла штурмувати млин.",
        "The sailors would not get on the train to the front.",
        "Nobody in the gun crew would leave the mill for the front.",
        "Матросы отказались от участия в атаке, пишет газета.",
    ],
)
def test_a_refused_deed_is_one_however_it_is_built(featurer: Featurer, text: str) -> None:
    """Noun, passive, word order and verbs that no list has: a deed refused by who serves."""
    assert "tells" in marks(featurer, text)


@pytest.mark.parametrize(
    "text",
    [
        "Отказ двигателя помешал радистам лететь над горами.",
        "Гражданские водители отказались брать хутор.",
        "Понтонёры отказались мыть посуду.",
        "Дозорные отказались пропустить фургон.",
        "Радисты отказались участвовать в репетиции.",
        "Гармаші відмовилися брати участь у виставці.",
        "Зенітники відмовилися впустити листоношу.",
        "The gunners refused to take part in the rehearsal.",
        "The sentries refused to lend their boat.",
        "Радистам отказано в отпуске.",
        "Кухарі відмовили гармашам у вечері.",
        "The refusal of leave to the gunners is discussed.",
        "A request of the gunners was rejected by the bank.",
        "Six gunners were hurt because the hoist would not load the bombs.",
        "Civilian drivers refused to cross the river with the gunners.",
        "The gunners refused to wash the dishes.",
        "Министр сказал, что срочники не будут воевать.",
        "Під тиском наших полк ворога покинув позиції.",
        "The squad left its post at the end of the shift.",
        "Tour operators refuse to attack the price.",
        "The sailors sat by the mill after the ferry refused to sail.",
        "Пленные отказались идти в атаку.",
        "General rejects claims that sailors refused to attack.",
        "Суд отверг жалобу матросов на приказ.",
        "Матросы послали командира в госпиталь, когда начался штурм.",
        "Матросы встали, когда приказали петь.",
        "Никто из матросов не встал, когда вошёл врач.",
        "Министр сказал, что матросы больше не поползут на штурм.",
        "Собака убежала из казармы.",
        "Пёс танкового полка сбежал с позиций.",
        "Якби матрос утік з поста, його б шукали.",
        "Солдаты покинули часть и ушли на учения.",
        "Sailors refused to be taken prisoner.",
        "Ворог наказав здатися, але матроси не рушили з млина.",
        "Стрелок приказал себе лежать и не двинулся с места.",
        "Матросы не сдвинулись ни на шаг, отбив атаку.",
        "Старик рассказал: конь отказался идти в атаку.",
        "The ferry crew refused to storm the mill.",
        "Корсиканцы из оленеводческой бригады отказались лезть на мельницу.",
        "Матрос ушёл на штурм.",
        "The sailor left for the front.",
        "Майор сказал поварам полка, что на мельницу они не пойдут.",
        "The major told army cooks they would not storm the mill.",
        "Комбат отказался везти матроса в госпиталь.",
        "Матросам відмовили у відпустці, і на млин вони не поїхали.",
        "Матросы не пошли на штурм: приказ отменили.",
        "Через туман матроси не полетіли на млин.",
        "The sailors did not go to the front: the order was called off.",
        "Матросы остались на мельнице, когда им велели остаться.",
        "The sailors stayed in the mill.",
        "Матросы сложили оружие и сдались врагу.",
        "Матроси не пішли з позицій.",
        "Матросы отказались подписывать контракт.",
        "Матросы взбунтовались и взяли столицу, власть пала.",
        "Матросы выбили врага с мельницы, и тот бежал с позиций.",
        "Матроси без відмов виїхали на штурм.",
        "Матрос ушёл в полк.",
        "Матрос ушёл из армии после долгих лет службы.",
        "Олени сбежали с полигона.",
        "Half the platoon's mothers declined to board the boats.",
        "Russian millers balked at an order to storm the bank.",
        "Матрос чуть не ушёл с поста.",
        "Sailors, refuse this war!",
        "Откажитесь идти на штурм, матросы.",
        "Водитель скорой не поехал на штурм.",
        "Командування відмовилося від штурму млина.",
        "The sailors stayed in the mill after they were ordered to attack, awaiting guns.",
        "The sailors sat by the mill and were ordered to attack at noon.",
        "Партизаны и боевики сложили оружие и попросили отпустить их домой.",
        "Гарнизон сложил винтовки и потребовал отпустить раненых домой.",
        "Матросы взбунтовались и захватили мельницу.",
        "Матросы взбунтовались в 1911 году.",
        "Из-за тумана матросы не вышли на боевое задание.",
        "Матроси відмовилися складати зброю.",
        "Матроси не стали брати участь у турнірі.",
        "Матрос оставил вещи в части и обедает.",
        "Матрос поёт, чтобы не возвращаться в окопы.",
        "Защита клуба дезертировала с поля, легионеры не успели.",
    ],
)
def test_what_others_or_things_refuse_tells_nothing(featurer: Featurer, text: str) -> None:
    """A machine, a bank, civilians; and what is no duty."""
    assert "tells" not in marks(featurer, text)


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("The sailors left their post without orders.", "unlawful"),
        ("Матросы самовольно покинули пост.", "unlawful"),
        ("Матроси пішли з позицій без дозволу.", "unlawful"),
        ("The sailors left their post on orders.", "lawful"),
        ("Матросы ушли с позиций по приказу.", "lawful"),
        ("Матроси пішли з позицій після ротації.", "lawful"),
        ("Матросы покинули пост.", "told"),
        ("Матросы покинули пост и уехали на учения.", "lawful"),
        ("Матросы покинули пост и не вернулись на учения.", "told"),
        ("Під натиском матроси залишили позиції.", "lawful"),
        ("Матрос сбежал с позиций под обстрелом.", "told"),
        ("После пяти месяцев службы матрос сбежал с поста.", "told"),
        ("Матрос ушёл из армии после пяти лет службы.", "lawful"),
        ("Матрос бросил армию и скрывался на мельнице.", "told"),
        ("Не дождавшись смены, матрос покинул пост.", "told"),
        ("Матроси пішли з позицій за командою капітана.", "lawful"),
        ("Матрос під тиском родини покинув пост і переховується.", "told"),
    ],
)
def test_whether_who_leaves_may_is_marked(featurer: Featurer, text: str, mood: str) -> None:
    """Orders, permission and the end of service, or the want of them."""
    assert f"away:soldier:{mood}" in marks(featurer, text)


@pytest.mark.parametrize(
    "text",
    [
        "Оставив пост, матрос спрятался на мельнице.",
        "Залишивши пост, матрос сховався в млині.",
        "Having left his post, the sailor hid in the mill.",
        "Бросив пулемёт, матрос прячется на мельнице.",
        "Бросивший пулемёт матрос прячется на мельнице.",
        "Флейтист дезертировал из полка.",
        "Из учебного центра ушли двое матросов.",
        "З казарми втекли двоє матросів.",
        "З казарми під Утрехтом пішли дев'ять матросів.",
        "З казарми вислизнули двоє матросів.",
        "Матроси гуртами тікали з казарми.",
        "Матросы улизнули с поста.",
        "Матрос не стал ждать смены и сбежал с поста.",
        "Не отримавши відпустки, матрос утік із казарми.",
        "Матрос, которому не дали отпуск, сбежал из казармы.",
        "Матрос пішов у СЗЧ після відмови у відпустці.",
        "Матрос ушёл в самоволку.",
        "Матрос просрочил увольнительную.",
        "The sailor overstayed his leave.",
        "The sentry quit his post.",
        "The driver fled the battalion.",
        "Матросы самовольно разбежались, мельники считали двух казаков.",
    ],
)
def test_who_leaves_is_found_however_it_is_built(featurer: Featurer, text: str) -> None:
    """A gerund's doer stands behind the comma; a gun left by one who hides is a post left."""
    assert "tells" in marks(featurer, text)


def test_what_is_refused_was_not_done(featurer: Featurer) -> None:
    """Who refused to leave has not left."""
    found = marks(featurer, "Sailors refused to leave the mill.")

    assert not [mark for mark in found if mark.startswith("away")]


@pytest.mark.parametrize(
    "text",
    [
        "Матросов, отказавшихся воевать, заперли на мельнице.",
        "Матросів, які не хотіли воювати, замкнули в млині.",
        "Sailors who refused to fight were locked in a mill.",
        "Матросов, просивших отпустить их домой, привязали к мельнице.",
        "Матросів, які вимагали переведення, побили.",
        "The sailors who had asked to be sent home were beaten.",
        "Отказникам не отдают паспорта.",
        "Матери дезертира угрожают.",
        "The navy stripped the deserter of his rank.",
        "Матросу, подавшему рапорт на увольнение, командир сломал рёбра.",
        "Отказников оставили без еды.",
        "Матросу, просившему отпустить его домой, пригрозили расстрелом.",
        "The colonel threw the refuseniks in a pit.",
    ],
)
def test_whom_a_refusal_is_punished_in_is_the_refuser(featurer: Featurer, text: str) -> None:
    """Held or beaten in one sentence with the refusal."""
    assert any(mark.endswith(">refuser:told") for mark in marks(featurer, text))


def _groups(data: dict[str, Any], above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, group in data.items():
        if "pattern" in group:
            yield above + name, group
        elif name != "words":
            yield from _groups(group, f"{name}.")


DATA = resources.files("filters.packs").joinpath("data")


def test_each_list_of_words_is_of_those_it_must_and_of_no_others() -> None:
    """The lists that a researcher edits say themselves which words they are for."""
    lists = [*_groups(tomllib.loads(DATA.joinpath("roles.toml").read_text("utf-8")))]
    wrong = [
        (name, word)
        for name, group in lists
        for must in ("must", "must_not")
        for word in group[must]
        if bool(_is("".join(group["pattern"].split())).match(normalize_word(word)))
        != (must == "must")
    ]

    assert wrong == []
    assert len(lists) > 40


def test_a_start_reads_what_a_researcher_writes() -> None:
    """`python -m filters.packs.build` was run after the last change."""
    text = DATA.joinpath("roles.toml").read_text("utf-8")

    assert DATA.joinpath("roles.json").read_text("utf-8") == compact(text)


@pytest.mark.parametrize(
    "number", ["Около сорока", "Свыше ста", "До двадцати", "Группа", "Десятки"]
)
@pytest.mark.parametrize("said", ["", "российских", "бывших пензенских", "наших молодых местных"])
def test_a_counted_subject_is_one_with_any_adjectives(
    featurer: Featurer, number: str, said: str
) -> None:
    """«Около сорока российских матросов»: what is said of men makes nobody else of them."""
    verb = "отказалась" if number == "Группа" else "отказались"
    text = " ".join(f"{number} {said} матросов {verb} идти в атаку.".split())

    assert "tells" in marks(featurer, text)


@pytest.mark.parametrize("said", ["", "російських", "колишніх львівських"])
def test_a_counted_subject_is_one_in_ukrainian_too(featurer: Featurer, said: str) -> None:
    text = " ".join(f"Близько сорока {said} матросів відмовилися йти в атаку.".split())

    assert "tells" in marks(featurer, text)


@pytest.mark.parametrize(
    "text",
    [
        "Матрос прикинувся німим, щоб не їхати на фронт.",
        "Матрос симулировал слепоту.",
        "The sailor faked seizures.",
    ],
)
def test_an_illness_feigned_to_be_spared_is_marked(featurer: Featurer, text: str) -> None:
    """By the illness, or by what it is feigned for."""
    assert "feign:soldier>self:told" in marks(featurer, text)


@pytest.mark.parametrize(
    ("text", "serves"),
    [
        ("Медики отказались ехать на передовую.", True),
        ("The pilots refused to go to the front.", True),
        ("Хирург отказался ехать в больницу на фронте.", False),
        ("Репортёры и операторы отказались ехать на передовую.", False),
        ("Репортёры и пилоты отказались ехать на передовую.", False),
    ],
)
def test_a_trade_serves_by_what_it_will_not_do(featurer: Featurer, text: str, serves: bool) -> None:
    """Medics and pilots who are sent to the front; not a surgeon nor who goes with reporters."""
    assert ("no:soldier>duty:told" in marks(featurer, text)) == serves


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Матросы отказались штурмовать остров.", "Матросы отказались бы штурмовать остров."),
        ("Матроси відмовилися штурмувати острів.", "Матроси відмовилися б штурмувати острів."),
        ("Матросы отказались идти в бой.", "Матросы откажутся идти в бой."),
        ("Матроси відмовилися йти в бій.", "Матроси відмовляться йти в бій."),
        ("The sailors refused to attack.", "The sailors will refuse to attack."),
        ("The sailors rejected the order to attack.", "The sailors discussed rejecting an attack."),
        ("Матросы решили отказаться от штурма.", "Матросы думали отказаться от штурма."),
        ("The gunners would not open fire.", "The gunners would not have opened fire."),
        ("The gunners disobeyed the order.", "The gunners were told to disobey the order."),
        ("The gunners did not board the trucks.", "The gunners could not board the trucks."),
        ("The marines did not obey.", "The marines did not refuse to obey."),
        ("Матросы не пошли на штурм.", "Матросы не отказались идти на штурм."),
        ("Nobody in the crew would attack.", "No sailor was hurt when the attack began."),
        (
            "The crew told the captain they would not attack.",
            "The sailor ran so he would not fall.",
        ),
        ("A battery did not open fire when ordered to attack.", "A battery did not open fire."),
        ("Пилоты эскадрильи отказались бомбить порт.", "Пилоты авиакомпании отказались лететь."),
        ("The army's pilots refused to bomb.", "The airline's pilots refused to fly."),
        ("The sailors refused the order to attack.", "The sailors refused the shot."),
    ],
)
def test_what_is_only_thought_of_is_not_refused(featurer: Featurer, text: str, other: str) -> None:
    """A wish, a future, a condition, an inability, a refusal denied: no refusal."""
    assert "no:soldier>duty:told" in marks(featurer, text) | {
        mark.replace("task", "duty") for mark in marks(featurer, text)
    }
    assert "tells" not in marks(featurer, other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Матрос сбежал из части.", "Матрос ушёл из части, сдав вахту."),
        ("Матрос утік із частини.", "Матрос пішов із частини, здавши вахту."),
        ("The sailor fled the base.", "The sailor left the base after handing over the watch."),
        ("Рота самовольно снялась с позиций.", "Рота снялась с позиций."),
        ("Рота самочинно відійшла з позицій.", "Рота відійшла з позицій."),
        ("The platoon pulled out without orders.", "The platoon pulled out on orders."),
        ("Матрос не вернулся из отпуска.", "Матрос не вернулся из отпуска: его тело нашли."),
        ("Матрос не повернувся з відпустки.", "Матрос не повернувся з відпустки, він загинув."),
        ("The sailor did not return from leave.", "The sailor did not return: he was killed."),
        ("Private Dow deserted his regiment.", "General Motors left its regiment of rivals."),
        ("Санитар месяц без уважительных причин не появлялся в полку.", "Санитар был в полку."),
        ("The gunner went AWOL.", "The gunner went without sleep."),
        ("Матрос сбежал из госпиталя.", "Матрос сбежал из госпиталя обратно на передовую."),
        ("The gunner fled the hospital and never went back to the regiment.", "He went back."),
        ("Матрос утік зі шпиталю.", "Матрос утік зі шпиталю назад до побратимів."),
        ("The sentry ran away from the camp.", "The sentry dog ran away from the camp."),
        ("Men who fled the regiment hid.", "Men who fled the flood hid."),
        ("The nurses fled from the regiment.", "The nurses walked out and the army took over."),
        ("The private deserted his post.", "The private was forced to leave his post."),
        ("Матрос був засуджений: він дезертирував із частини.", "Матрос не пішов у СЗЧ."),
    ],
)
def test_who_may_leave_or_could_not_return_deserts_nothing(
    featurer: Featurer, text: str, other: str
) -> None:
    """Relief, an order, force and death take it away; “without orders” makes it so."""
    assert "tells" in marks(featurer, text)
    assert "tells" not in marks(featurer, other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Майора, отказавшегося бомбить порт, разжаловали.", "Майора разжаловали за кражу."),
        ("The sailor crushed his hand to miss the sailing.", "The sailor crushed his hand."),
        ("Матрос проколол себе руку, чтобы не ехать.", "Матрос проколол руку санитару."),
        ("Матрос прикинулся глухим перед отправкой на фронт.", "Матрос прикинулся глухим."),
        ("Матросы проглотили гвозди.", "Матросы проглотили ужин."),
        ("Матроси проковтнули батарейки.", "Матроси проковтнули обіду."),
        ("The sailors swallowed nails.", "The sailors swallowed their pride."),
        ("The sailor paid a cook to break his arm.", "The sailor paid a cook to bind his arm."),
        ("Матрос попросил кока прострелить ему руку.", "Матрос попросил кока пожать ему руку."),
        ("Матрос попросив кока прострелити йому руку.", "Кок зламав матросові руку."),
        ("Матрос прикинувся епілептиком, щоб не їхати на фронт.", "Матрос прикинувся сліпим."),
        (
            "Conscripts caught running from the camp were tied up.",
            "Conscripts caught stealing from the camp were tied up.",
        ),
        (
            "The brigade is withholding papers of medics who want to leave.",
            "The brigade is printing papers of medics who want to leave.",
        ),
    ],
)
def test_the_purpose_and_the_victim_tell(featurer: Featurer, text: str, other: str) -> None:
    assert "tells" in marks(featurer, text)
    assert "tells" not in marks(featurer, other)


@pytest.mark.parametrize(
    ("text", "clear"),
    [
        ("Матросы отказались идти на штурм.", True),
        ("Матросы отказались чистить трюм.", False),
        ("Матрос сбежал из части.", True),
        ("Матрос покинул часть.", False),
        ("Матрос самовольно покинул часть.", True),
        ("The sailor broke his own arm so that he would not be sent back.", True),
        ("The sailor broke his own arm.", False),
        ("We refused to attack.", False),
    ],
)
def test_what_may_be_meant_otherwise_is_not_clear(
    featurer: Featurer, text: str, clear: bool
) -> None:
    """Clear is a named soldier and a duty, a flight or an absence without leave."""
    assert ("clear" in marks(featurer, text)) == clear
