# ruff: noqa: E501, SIM905 (tables of words read better unbroken)
"""Words that tell a roundup from a list inside one story: headings, lead-ins, footers."""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "ANNOUNCING",
    "DAYS",
    "FOOTER",
    "HEADING",
    "LEANS",
    "MONTHS",
    "OF_ONE",
    "ONE_STORY",
    "SPAN_OF_TIME",
]

MONTHS: Final = (
    "январ[яь]|феврал[яь]|марта?|апрел[яь]|ма[йя]|июн[яь]|июл[яь]|августа?|сентябр[яь]|октябр[яь]|ноябр[яь]|"
    "декабр[яь]|січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня|"
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
DAYS: Final = (
    "понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|понеділок|вівторок|середа|четвер|"
    "п['’ʼ]ятниця|субота|неділя|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
)
HEADING: Final = re.compile(
    r"^\W*(?:новости|новини)(?: [\w'’ʼ-]+){1,3}\W*$|^\W*за (?:день|сутки|добу|неделю|тиждень|ночь|ніч|выходные|вихідні) (?:в|во|у|по|на|из|з)\b|"
    r"\b(?:главно[ем]\b(?! управлени| из (?:выступлени|интервью|заявлени|обращени|речи))|главны[ех] (?:новост|событи|тем)\w*|"
    r"новости(?=\W*$)|новости (?:к этому|час|дня|за|коротко|недел|утра|вечера|сегодня|суток|кратко|одной|из|от|на|в |\d)\w*|"
    r"итоги (?:дня|недели|месяца|суток|ночи|выходных|утра)|событи[яй] (?:дня|недели|суток|к этому|за|на)|"
    r"дайджест\w*|эксклюзив\w*|(?:свежего|свежем) номер\w*|также (?:из|с|на|в) [^.!?]{3,40}:|(?:вечерн|утренн|ежедневн|судебн|оперативн|краткая )\w* ?сводка|сводка\b|обзор (?:новост|недел|дня|пресс|событи|сми|суд|приговор)\w*|"
    r"коротко(?:\W*$| о|:| за)|кратко(?:\W*$|:| о| за)|вкратце|"
    r"что (?:произошло|случилось|было|нового)(?=\W*$| (?:за|сегодня|ночью|вчера|на этой|к|в мире|в стране|в регион))|"
    r"(?:к|на) этому? час\w*|к (?:утру|вечеру|полудню) (?:понедел|вторн|сред|четв|пятн|субб|воскр|\d)\w*|"
    r"(?:за|в) (?:прошедш\w+ |последн\w+ |эт\w+ |минувш\w+ )?(?:день|сутки|неделю|ночь|выходные)\W*$|"
    r"(?:утренн|вечерн|дневн|ночн)\w* (?:выпуск|новости|обзор|лента)|"
    r"(?:приговоры|суды|дела|задержания|вердикты|решения|хроника|одной строкой)\W* ?(?:дня|недели|месяца|за|одной|из регионов|в регионах|коротко|кратко)?(?=\W*$)|"
    r"головне\b(?! (?:з|із) (?:виступ|інтерв|заяв|зверненн|промов))|головні (?:новини|події|теми)|"
    r"новини(?=\W*$)|новини (?:на цю|год|дня|за|коротко|тижня|ранку|вечора|сьогодні|доби|стисло|одним|з|від|на)\w*|"
    r"підсумки (?:дня|тижня|місяця|доби|ночі|вихідних)|події (?:дня|тижня|доби|за)|зведення\b|огляд (?:новин|тижня|дня|преси|подій|змі|суд|вирок)\w*|"
    r"стисло(?:\W*$|:| про)|що (?:сталося|відбулося|нового|було)(?=\W*$| (?:за|сьогодні|вночі|вчора|цього|у світі|в країні))|"
    r"(?:на|до) ц(?:ю|ієї|я) годин\w*|за (?:минул\w+ |останн\w+ )?(?:день|добу|тиждень|ніч|вихідні)\W*$|(?:ранков|вечірн|денн|нічн)\w* (?:випуск|новини|огляд)|також (?:з|із|на|в|у) [^.!?]{3,40}:|добірка (?:новин|вирок|справ)\w*|"
    r"(?:вироки|суди|справи|затримання|рішення)\W* ?(?:дня|тижня|місяця|за|з регіонів|коротко|стисло)(?=\W*$)|"
    r"round-?up|digest|briefing|news ?briefs?|in brief|briefly|headlines|top (?:stories|news)|(?:today|this week|yesterday|overnight) in\b|"
    r"week in review|daily (?:update|news|summary|report|brief|bulletin)|weekly (?:update|news|summary|report|bulletin)|bulletin|"
    r"what happened (?:today|overnight|this week|yesterday)|key (?:events|developments)|main (?:events|news|points of the day)|"
    r"news (?:at|in|of|from|for|summary|this|today)\b|the (?:day|week)['’]s (?:news|events|main|top|court)|(?:morning|evening) (?:edition|brief|report|news|update|summary)|"
    r"court (?:round|report|list|news|diary|notes)\w*|sentences? (?:of|this|for) the (?:week|day)|verdicts (?:of|this) (?:the )?(?:week|day)|in short\b|news\W*$|at a glance)",
    re.IGNORECASE,
)
# One of these stands in whatever `HEADING` finds: looking for them first is ten times as fast.
ANNOUNCING: Final = tuple(
    "главн сутк событи дайджест эксклюзив номер такж сводк обзор корот кратк кратц итог час утр вечер полудн "
    "дневн ночн день недел ночь выходн выпуск новост приговор суды дела задержани вердикт решени хроник одной "
    "произошло случилось было нового головн новин підсумк поді зведенн огляд стисло сталося відбулося годин "
    "добу тижд тижня ніч вихідн ранк вечір денн нічн добірк вирок суди справ затриманн рішенн round digest brief "
    "headlines top today week yesterday overnight daily bulletin happened key main news day court sentence "
    "verdict short glance morning evening".split()
)
# «Песков: главное» is of one event; «Главное» and «Фронт: главное за день» are not.
OF_ONE: Final = frozenset(("главное", "главном", "головне"))
SPAN_OF_TIME: Final = re.compile(
    rf"\b(?:за|к|ко|на|до|с|от|від|for|of|at|by|this|today|сегодня|сьогодні)\b[^.!?]{{0,14}}(?:день|дня|сутки|недел\w*|ноч\w+|утр\w+|вечер\w*|час\w*|добу|доби|тиж\w+|ніч|ранк\w*|вечір|годин\w*|{DAYS}|{MONTHS}|day|week|morning|evening|night|hour|\d{{1,2}}[.:]\d{{2}})",
    re.IGNORECASE,
)
# A line before a list that says the list belongs to one story.
ONE_STORY: Final = re.compile(
    r"\b(?:заяв\w+|сказал\w*|рассказ\w+|сообщил\w*|пообещал\w*|ответил\w*|потребовал\w*|требован\w+|требу\w+|услови[яй]\w*|причин\w*|признак\w*|правила?|совет\w*|пункт\w*|вопрос\w*|"
    r"что (?:об этом |о \w+ )?(?:известно|важно|нужно|делать|говор\w+)|подробност\w+|обстоятельств\w+|детал\w+|хронологи\w+|верси[ияей]\w*|как (?:это )?(?:было|будет|происходило|устроен\w*)|список\w*|списк\w*|цитат\w*|тезис\w*|"
    r"из (?:выступлени|интервью|заявлени|обращени|речи|письма|рассказ|показани)\w*|инструкци\w+|шаг\w*|способ\w*|вакансии|плюсы|минусы|предлага\w+|среди них|в частности|например|подбор\w+|будете|умеет|функци\w+|"
    r"сказав|розпов\w+|повідоми\w+|пообіця\w+|вимаг\w+|вимог\w+|умов[иау]\w*|причин\w*|ознак\w*|поради?|питан\w+|що (?:про це )?(?:відомо|важливо|робити|потрібно)|подробиц\w+|обставин\w+|хронологі\w+|версі[їяйю]\w*|"
    r"перелік|тез\w+|серед них|зокрема|наприклад|з (?:виступу|інтерв['’ʼ]ю|заяви|звернення|промови|листа)|крок\w*|"
    r"said|says|told|stated|demand\w*|terms|conditions|reasons?|signs|rules|tips|advice|steps|ways|questions?|things (?:to|you)|timeline|chronology|what (?:we|is) know\w*|key (?:points|quotes|facts|takeaways)|takeaways|facts|the list|quotes|"
    r"including|among them|such as|for example|promised|how (?:it|to)|features?|statements? (?:by|of|from)|interview|speech)\b",
    re.IGNORECASE,
)
LEANS: Final = re.compile(
    r"(?:он|она|они|его|ее|её|их|ему|ей|им|это|этот|эта|эти|этого|этому|такж?е|тоже|при этом|после этого|затем|потом|поэтому|однако|но|а|кроме того|по (?:его|её|ее|их) словам|там|тогда|тот|та|те|также|"
    r"він|вона|вони|його|її|їх|йому|їй|їм|це|цей|ця|ці|цього|також|теж|при цьому|після цього|потім|тому|однак|проте|але|крім того|за (?:його|її|їхніми) словами|тоді|той|"
    r"he|she|they|his|her|their|it|its|this|these|that|those|also|then|however|but|after that|later|meanwhile he|there)\b",
    re.IGNORECASE,
)
FOOTER: Final = re.compile(
    r"подпис\w*|подпиш\w*|прислать|читайте|читать|поддерж\w+|реклам\w+|наш (?:канал|чат|бот)|підпис\w*|підпиш\w*|надіслати|підтрима\w+|читай|"
    r"subscribe|follow us|read more|support us|sign up|share|send us|https?://\S+$|@\w+$",
    re.IGNORECASE,
)
