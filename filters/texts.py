"""The sentences `filters` says to people, in three languages; English is the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["MESSAGES", "say"]


def say(lang: str, message: str) -> str:
    """A message in "ru" or "uk"; itself in any other language."""
    found = MESSAGES.get(message)
    if found is None or lang not in {"ru", "uk"}:
        return message
    return found[0] if lang == "ru" else found[1]


# English: (Russian, Ukrainian)
MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "Operators are written in capitals: OR, AND, NOT.": (
        "Операторы пишутся заглавными: ИЛИ, И, НЕ.",
        "Оператори пишуться великими: АБО, ТА, НЕ.",
    ),
    "Nothing to look for: type a word.": (
        "Нечего искать: напишите слово.",
        "Нема чого шукати: напишіть слово.",
    ),
    "A filter may have {most} characters.": (
        "В фильтре может быть не больше {most} знаков.",
        "У фільтрі може бути не більше {most} знаків.",
    ),
    "A filter may have {most} words and signs; split it.": (
        "В фильтре может быть не больше {most} слов и знаков; разделите его.",
        "У фільтрі може бути не більше {most} слів і знаків; розділіть його.",
    ),
    "Parentheses are nested too deep.": (
        "Слишком много скобок внутри скобок.",
        "Забагато дужок усередині дужок.",
    ),
    "Too many NEAR in a row.": ("Слишком много NEAR подряд.", "Забагато NEAR поспіль."),
    "“!” is not used: “-” excludes a word, “=” asks for one form, “*” for any ending.": (
        "«!» не используется: «-» исключает слово, «=» ищет одну форму, «*» — любое окончание.",
        "«!» не використовується: «-» виключає слово, «=» шукає одну форму, «*» — усі закінчення.",
    ),
    "To exclude a word, put “-” or NOT before it.": (
        "Чтобы исключить слово, поставьте перед ним «-» или НЕ.",
        "Щоб виключити слово, поставте перед ним «-» або НЕ.",
    ),
    "For a word without another close to it write NOT/n.": (
        "Чтобы рядом со словом не было другого, пишите НЕ/n.",
        "Щоб поруч зі словом не було іншого, пишіть НЕ/n.",
    ),
    "This may mean two things: which do you mean?": (
        "Это можно понять по-разному: что вы имеете в виду?",
        "Це можна зрозуміти по-різному: що ви маєте на увазі?",
    ),
    "Words of one family are written by their beginning: do you mean them too?": (
        "Однокоренные слова ищут по их началу: нужны и они?",
        "Спільнокореневі слова шукають за їхнім початком: потрібні й вони?",
    ),
    "Another search writes it so; here it is written otherwise.": (
        "Так пишут в другом поиске, здесь — иначе.",
        "Так пишуть в іншому пошуку, тут — інакше.",
    ),
    "A filter does not ask for dates, places or numbers of readers: this is left out.": (
        "Фильтр не спрашивает о датах, странах и числе читателей: это опущено.",
        "Фільтр не питає про дати, країни й кількість читачів: це опущено.",
    ),
    "What stands in <<< >>> is a remark: it is left out.": (
        "В <<< >>> стоит примечание: оно опущено.",
        "У <<< >>> стоїть примітка: її опущено.",
    ),
    "How often a word stands there does not count.": (
        "Сколько раз стоит слово, не учитывается.",
        "Скільки разів стоїть слово, не враховується.",
    ),
    "Where in a text a word stands does not count.": (
        "В каком месте текста стоит слово, не учитывается.",
        "У якому місці тексту стоїть слово, не враховується.",
    ),
    "A beginning is written with “*” after it.": (
        "Начало слова пишется со звёздочкой: слов*.",
        "Початок слова пишеться із зірочкою: слов*.",
    ),
    "For one form of a word write “=” before it.": (
        "Чтобы найти одну форму слова, поставьте перед ним «=».",
        "Щоб знайти одну форму слова, поставте перед ним «=».",
    ),
    "A hashtag is asked for with tag: before it.": (
        "Хештег пишется с tag: перед ним.",
        "Хештег пишеться з tag: перед ним.",
    ),
    "Words that must all be there are parted by spaces.": (
        "Слова, которые должны быть все, разделяют пробелами.",
        "Слова, які мають бути всі, розділяють пробілами.",
    ),
    "Texts write it out too.": (
        "В текстах это пишут и полностью.",
        "У текстах це пишуть і повністю.",
    ),
    "The number has many endings: the unit finds them all.": (
        "У числа много окончаний: часть находит их все.",
        "У числа багато закінчень: частина знаходить їх усі.",
    ),
    "Texts write an article in many ways: the id finds them all.": (
        "Статью пишут по-разному: идентификатор находит все написания.",
        "Статтю пишуть по-різному: ідентифікатор знаходить усі написання.",
    ),
    "Behind a regular expression only “i” may stand: capitals or not.": (
        "После регулярного выражения может стоять только «i»: заглавные буквы не важны.",
        "Після регулярного виразу може стояти лише «i»: великі літери не важать.",
    ),
    "For words close together write NEAR/n, in this order BEFORE/n.": (
        "Чтобы слова стояли рядом, пишите NEAR/n, а если важен и порядок, BEFORE/n.",
        "Щоб слова стояли поруч, пишіть NEAR/n, а якщо важливий і порядок, BEFORE/n.",
    ),
    "This would match almost everything: say what must be there too, in each alternative.": (
        "Это подошло бы почти ко всему: укажите в каждом варианте и то, что должно быть.",
        "Це підійшло б майже до всього: укажіть у кожному варіанті й те, що має бути.",
    ),
    "An entity is written so: person:name, law:ru:337, count>=10.": (
        "Сущность пишется так: person:name, law:ru:337, count>=10.",
        "Сутність пишеться так: person:name, law:ru:337, count>=10.",
    ),
    "“{name}” is found in every form already; a filter asks for it with {id}.": (
        "«{name}» и так находится в любой форме; в фильтре пишите {id}.",
        "«{name}» і так знаходиться в будь-якій формі; у фільтрі пишіть {id}.",
    ),
    "The filter breaks off.": ("Фильтр обрывается.", "Фільтр обривається."),
    "The filter breaks off: something must follow.": (
        "Фильтр обрывается: дальше должно что-то стоять.",
        "Фільтр обривається: далі має щось стояти.",
    ),
    "A parenthesis is not closed.": ("Скобка не закрыта.", "Дужку не закрито."),
    "A parenthesis closes that was not opened.": (
        "Закрыта скобка, которую не открывали.",
        "Закрито дужку, яку не відкривали.",
    ),
    "Nothing stands in the parentheses.": ("В скобках пусто.", "У дужках порожньо."),
    "“{word}” joins two things: something must stand before it. To look for the word "
    "itself, put it in quotes.": (
        "«{word}» соединяет две части: перед ним должно что-то стоять. "
        "Чтобы искать само слово, возьмите его в кавычки.",
        "«{word}» поєднує дві частини: перед ним має щось стояти. "
        "Щоб шукати саме слово, візьміть його в лапки.",
    ),
    "“{word}” cannot stand here.": (
        "«{word}» не может здесь стоять.",
        "«{word}» не може тут стояти.",
    ),
    "A quotation mark is not closed.": ("Кавычка не закрыта.", "Лапки не закрито."),
    "A quotation mark closes that was not opened.": (
        "Закрыта кавычка, которую не открывали.",
        "Закрито лапки, яких не відкривали.",
    ),
    "A dash stands alone: to exclude a word, put it right before the word.": (
        "Дефис стоит отдельно: чтобы исключить слово, поставьте его вплотную к слову.",
        "Дефіс стоїть окремо: щоб виключити слово, поставте його впритул до слова.",
    ),
    "AND and OR are mixed: which do you mean?": (
        "И и ИЛИ смешаны: что вы имеете в виду?",
        "ТА і АБО змішано: що ви маєте на увазі?",
    ),
    "Beside NEAR may stand words, phrases, groups, other NEAR, or a list of these "
    "joined by OR; AND, NOT and fields go outside.": (
        "Рядом с NEAR могут стоять слова, фразы, группы, другие NEAR или их список через ИЛИ; "
        "И, НЕ и поля — снаружи.",
        "Поруч із NEAR можуть стояти слова, фрази, групи, інші NEAR або їх список через АБО; "
        "ТА, НЕ і поля — зовні.",
    ),
    "The distance may be from 1 to {most} words; for more use NEAR/s (sentence) or "
    "NEAR/p (paragraph).": (
        "Расстояние — от 1 до {most} слов; для большего есть NEAR/s (предложение) "
        "и NEAR/p (абзац).",
        "Відстань — від 1 до {most} слів; для більшої є NEAR/s (речення) і NEAR/p (абзац).",
    ),
    "A regular expression is too large.": (
        "Регулярное выражение слишком велико.",
        "Регулярний вираз завеликий.",
    ),
    "A filter may have {most} regular expressions; split it.": (
        "В фильтре может быть не больше {most} регулярных выражений; разделите его.",
        "У фільтрі може бути не більше {most} регулярних виразів; розділіть його.",
    ),
    "The regular expression cannot be read: {reason}": (
        "Регулярное выражение не читается: {reason}",
        "Регулярний вираз не читається: {reason}",
    ),
    "This regular expression matches even an empty text.": (
        "Это регулярное выражение подходит даже к пустому тексту.",
        "Цей регулярний вираз підходить навіть до порожнього тексту.",
    ),
    "A regular expression has no look-ahead, no flags but i and m.": (
        "В регулярном выражении нет просмотра вперёд и флагов, кроме i и m.",
        "У регулярному виразі немає перегляду вперед і прапорців, крім i та m.",
    ),
    "This sign of regular expressions is not used here.": (
        "Этот знак регулярных выражений здесь не используется.",
        "Цей знак регулярних виразів тут не використовується.",
    ),
    "A field stands inside another field.": (
        "Поле внутри другого поля.",
        "Поле всередині іншого поля.",
    ),
    "“{field}:” takes one of: {values}.": (
        "«{field}:» принимает одно из: {values}.",
        "«{field}:» приймає одне з: {values}.",
    ),
    "There is no word group “@{name}”.": (
        "Нет группы слов «@{name}».",
        "Немає групи слів «@{name}».",
    ),
    "The word group “@{name}” leads back to itself.": (
        "Группа слов «@{name}» ведёт к самой себе.",
        "Група слів «@{name}» веде до самої себе.",
    ),
    "Word groups stand in one another {most} deep at most; “@{name}” is deeper.": (
        "Группы слов вкладываются друг в друга не глубже {most} раз; «@{name}» глубже.",
        "Групи слів вкладаються одна в одну не глибше {most} разів; «@{name}» глибше.",
    ),
    "The word group “@{name}” has an error: {error}": (
        "В группе слов «@{name}» ошибка: {error}",
        "У групі слів «@{name}» помилка: {error}",
    ),
    "There is no letter or digit between the quotation marks.": (
        "Между кавычками нет ни буквы, ни цифры.",
        "Між лапками немає ні літери, ні цифри.",
    ),
    "There is no letter or digit in “{word}”.": (
        "В «{word}» нет ни буквы, ни цифры.",
        "У «{word}» немає ні літери, ні цифри.",
    ),
    "A beginning needs {least} letters or more before “*”.": (
        "Перед «*» нужно не меньше {least} букв.",
        "Перед «*» потрібно не менше {least} літер.",
    ),
    "“*” may stand only at the end of a word, without “=”.": (
        "«*» может стоять только в конце слова и без «=».",
        "«*» може стояти лише наприкінці слова й без «=».",
    ),
    "A phrase stands in double quotation marks: “…”, «…».": (
        "Фраза ставится в двойные кавычки: «…», “…”.",
        "Фразу беруть у подвійні лапки: «…», “…”.",
    ),
    "What need not be there is left out.": (
        "То, чего может не быть, не пишут.",
        "Те, чого може не бути, не пишуть.",
    ),
    "A number is asked for without spaces: count>=10.": (
        "Число пишется без пробелов: count>=10.",
        "Число пишеться без пробілів: count>=10.",
    ),
    "“^” is not used: no word counts more than another.": (
        "«^» не используется: все слова равны.",
        "«^» не використовується: усі слова рівні.",
    ),
    "“;” is not used: put commas between alternatives.": (
        "«;» не используется: между вариантами ставьте запятые.",
        "«;» не використовується: між варіантами ставте коми.",
    ),
    "Between two commas something must stand.": (
        "Между двумя запятыми должно что-то стоять.",
        "Між двома комами має щось стояти.",
    ),
    "A field is written with a colon: title:word.": (
        "Поле пишется с двоеточием: title:слово.",
        "Поле пишеться з двокрапкою: title:слово.",
    ),
    "In a phrase “*” stands at the end of a word; for a gap write BEFORE/n.": (
        "Во фразе «*» стоит в конце слова; для пропуска пишите BEFORE/n.",
        "У фразі «*» стоїть наприкінці слова; для пропуску пишіть BEFORE/n.",
    ),
    "Words on lines of their own must all be there; for any of them put commas.": (
        "Слова с отдельных строк должны быть все; чтобы хватило любого, ставьте запятые.",
        "Слова з окремих рядків мають бути всі; щоб вистачило будь-якого, ставте коми.",
    ),
    "“+” is not needed: every word must be there unless OR joins them.": (
        "«+» не нужен: должны быть все слова, если между ними нет ИЛИ.",
        "«+» не потрібен: мають бути всі слова, якщо між ними немає АБО.",
    ),
    "“~” is not used: words match in all their forms already.": (
        "«~» не используется: слова и так ищутся во всех формах.",
        "«~» не використовується: слова й так шукаються в усіх формах.",
    ),
    "There is no field “{name}:”.": ("Нет поля «{name}:».", "Немає поля «{name}:»."),
    "Perhaps: {mend}": ("Может быть: {mend}", "Можливо: {mend}"),
    "Expected: {names}": ("Ожидалось: {names}", "Очікувалося: {names}"),
    "At “{excerpt}”: ": ("Возле «{excerpt}»: ", "Біля «{excerpt}»: "),
    "a word": ("слово", "слово"),
    "a phrase": ("«фраза»", "«фраза»"),
    "@group": ("@группа", "@група"),
    "field:": ("поле:", "поле:"),
    "/regex/": ("/выражение/", "/вираз/"),
    "the end": ("конец", "кінець"),
    "A kind comes first: person, org, place or unit.": (
        "Сначала вид: person (человек), org (организация), place (место) или unit (часть).",
        "Спочатку вид: person (людина), org (організація), place (місце) або unit (частина).",
    ),
    "An id is written in small Latin letters: {example}.": (
        "Имя сущности пишется строчной латиницей: {example}.",
        "Ім’я сутності пишеться малими латинськими літерами: {example}.",
    ),
    "The gender is f or m.": ("Род — f или m.", "Рід — f або m."),
    "What is its name? As in {example}.": (
        "Как называется? Например: {example}.",
        "Як називається? Наприклад: {example}.",
    ),
    "At most {most} names.": ("Не больше {most} имён.", "Не більше {most} імен."),
    "“{name}” is too short: three letters at least.": (
        "«{name}» слишком коротко: нужно хотя бы три буквы.",
        "«{name}» закоротко: потрібно щонайменше три літери.",
    ),
    "“{name}…” is too long for a name.": (
        "«{name}…» слишком длинно для имени.",
        "«{name}…» задовге для імені.",
    ),
    "“{name}” alone may be many people: first name and surname, please.": (
        "«{name}» — это могут быть многие: напишите имя и фамилию.",
        "«{name}» — це можуть бути багато людей: напишіть ім’я та прізвище.",
    ),
    "A person needs no near: words; leave them out.": (
        "Человеку слова near: не нужны, уберите их.",
        "Людині слова near: не потрібні, приберіть їх.",
    ),
    "“{name}” is an ordinary word too. Say which words stand beside it in the same text:"
    " {example}.": (
        "«{name}» — ещё и обычное слово. Укажите слова, которые бывают в том же тексте: {example}.",
        "«{name}» — ще й звичайне слово. Укажіть слова, що бувають у тому ж тексті: {example}.",
    ),
    "“{name}” is known as {id} already.": (
        "«{name}» уже известно как {id}.",
        "«{name}» вже відоме як {id}.",
    ),
    "Behind {mark}: stand single words with commas between.": (
        "После {mark}: стоят отдельные слова через запятую.",
        "Після {mark}: стоять окремі слова через кому.",
    ),
    "Behind not: stand whole words, without *.": (
        "После not: стоят целые слова, без *.",
        "Після not: стоять цілі слова, без *.",
    ),
    "At most {most} words behind near: or not:.": (
        "После near: и not: — не больше {most} слов.",
        "Після near: і not: — не більше {most} слів.",
    ),
    "Too long: at most {most} characters.": (
        "Слишком длинно: не больше {most} знаков.",
        "Задовго: не більше {most} знаків.",
    ),
    "“{name}” has no Latin or Cyrillic letters.": (
        "В «{name}» нет ни латинских, ни кириллических букв.",
        "У «{name}» немає ні латинських, ні кириличних літер.",
    ),
    "“{name}” is not written in the letters of “{lang}:”.": (
        "«{name}» написано не теми буквами, что «{lang}:».",
        "«{name}» написано не тими літерами, що «{lang}:».",
    ),
    "{id} exists already.": ("{id} уже есть.", "{id} вже є."),
}
