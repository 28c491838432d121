"""`vigil relate`: what copies, what reports the same, what goes on."""

from __future__ import annotations

import json

from tests.cli.vigil import vigil

CASE = (
    "Омский гарнизонный военный суд приговорил контрактника Льва Корнева к пяти годам колонии "
    "за самовольное оставление части: он не вернулся из отпуска и жил у брата в Таре."
)


def post(n: int, text: str, day: int = 1, **more: str) -> str:
    when = f"2025-02-{day:02}T{8 + n:02}:00:00Z"
    return json.dumps({"id": n, "text": text, "published": when, **more}) + "\n"


def test_each_post_is_answered_in_order() -> None:
    """Issue: id, relation, of, story, score and the reasons, for copy, same, development, new."""
    given = (
        post(1, CASE)
        + post(2, "❗️" + CASE + "\n\nПодписывайтесь на наш канал")
        + post(3, "In Omsk Lev Kornev, who stayed with his brother in Tara instead of returning "
               "from leave, was sentenced to five years for AWOL.")
        + "not json\n"
        + post(4, "Омский гарнизонный военный суд приговорил контрактника Семёна Рябова к трём "
               "годам колонии за самовольное оставление части: он не вернулся из госпиталя.")
        + post(5, "Апелляционный суд смягчил приговор омскому контрактнику Льву Корневу: "
               "вместо пяти лет колонии три года.", day=20)
    )  # fmt: skip
    ran = vigil("relate", given=given)
    told = [json.loads(line) for line in ran.out.splitlines()]

    assert ran.code == 1
    assert "line 4" in ran.err
    assert [t["relation"] for t in told] == ["new", "copy", "same", "new", "development"]
    assert [t["of"] for t in told] == [None, 1, told[2]["of"], None, told[4]["of"]]
    assert [t["story"] for t in told] == [1, 1, 1, 4, 5]
    assert told[2]["of"] in (1, 2)
    assert told[4]["of"] in (1, 2, 3)
    assert set(told[0]) == {"id", "relation", "of", "story", "score", "reasons"}
    assert told[2]["reasons"]
