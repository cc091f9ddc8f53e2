"""`faq learn`: staff read what residents taught; approved words go into the YAML, rejected ones never come back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import click

from faq.adopt import CannotAdopt, adopt
from faq.assembly import assemble
from faq.cli_content import shown as shown_problem
from faq.cli_search import CITY_OPTION
from faq.content import CityFiles, base_folder, read_folder
from faq.entry import Entry
from faq.learn import MIN_COUNT, Heard, Suggestion, named, suggestions, worth_reading
from faq.problems import ContentError, errors_of
from store import Store

OpenStore = Callable[[], AbstractContextManager[Store]]


def learn_command(open_store: OpenStore) -> click.Command:
    """`faq learn --city DIR`, with `--apply`, `--apply-all-from` and `--reject`."""

    @click.command("learn", help="住民が使ったことばを、言い換えの提案として見せます。選んだものを YAML に書きます。")
    @CITY_OPTION
    @click.option(
        "--min-count",
        default=MIN_COUNT,
        show_default=True,
        type=click.IntRange(1),
        help="この回数より少ない提案は見せません（職員が結びつけたものは、いつも見せます）",
    )
    @click.option("--apply", "approved", multiple=True, metavar="ID", help="YAML に書く提案（何回でも、「,」でも）")
    @click.option(
        "--apply-all-from",
        "listed",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="残した行をすべて YAML に書きます。この命令の出力を保存し、いらない行を消したファイルです",
    )
    @click.option("--reject", "rejected", multiple=True, metavar="ID", help="もう見せない提案（何回でも、「,」でも）")
    @click.option("--anyway", is_flag=True, help="「faq check」の注意が増えても書きます（エラーなら書きません）")
    def learn(
        directory: Path,
        min_count: int,
        approved: tuple[str, ...],
        listed: Path | None,
        rejected: tuple[str, ...],
        anyway: bool,
    ) -> None:
        city, files = directory.resolve().name, read_folder(directory)
        entries = _entries(directory, files)
        with open_store() as store:
            found = suggestions(_heard(store, city), entries)
            keep = _chosen(found, [*_split(approved), *_first_words(listed)])
            drop = _chosen(found, _split(rejected))
            if {one.id for one in keep} & {one.id for one in drop}:
                raise click.ClickException("同じ提案が --apply と --reject の両方にあります。")
            if keep:
                _write(directory, _adopted(directory, files, keep, anyway))
                _approve(store, city, keep)
            if drop:
                store.settle_proposals(city, [key for one in drop for key in one.keys], "rejected")
                click.echo(f"{len(drop)} 件を、もう提案しないことにしました。")
        if not keep and not drop:
            click.echo(_table(city, worth_reading(found, min_count), entries, len(found)))

    return learn


def _entries(directory: Path, files: CityFiles) -> Mapping[str, Entry]:
    try:
        return assemble(files, read_folder(base_folder(directory))).entries
    except ContentError as error:
        raise click.ClickException(f"{directory} の内容を読めません。\n{error}") from error


def _heard(store: Store, city: str) -> list[Heard]:
    return [
        Heard(one.entry_id, one.key, one.phrasing, one.picked, one.helpful, one.staff, one.first_at)
        for one in store.proposals(city)
    ]


def _split(given: Iterable[str]) -> list[str]:
    return [name for words in given for name in words.replace(",", " ").split()]


def _first_words(path: Path | None) -> list[str]:
    """The ids of a saved and edited output: the first word of each line that is no remark."""
    lines = path.read_text(encoding="utf-8-sig").splitlines() if path else []
    return [line.split()[0] for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _chosen(found: Sequence[Suggestion], names: Sequence[str]) -> list[Suggestion]:
    """The suggestions of these ids, each once; an id that means nothing stops everything before anything is done."""
    chosen = {name: named(found, name) for name in names}
    unknown = [name for name, one in chosen.items() if one is None]
    if unknown:
        raise click.ClickException(
            f"提案 {'、'.join(unknown)} はありません。「faq learn --city …」で、今の ID を確かめてください。"
        )
    return list({one.id: one for one in chosen.values() if one}.values())


def _adopted(directory: Path, files: CityFiles, keep: Sequence[Suggestion], anyway: bool) -> Mapping[str, str]:
    """The changed files, checked; nothing is written when they would break something."""
    base = base_folder(directory)
    try:
        adopted = adopt(files, read_folder(base), [(one.entry_id, one.phrasing) for one in keep])
    except CannotAdopt as error:
        raise click.ClickException(f"{error}\n何も書いていません。") from error
    for problem in adopted.problems:
        click.echo(shown_problem(problem, directory, base), err=True)
    if errors_of(adopted.problems) or (adopted.problems and not anyway):
        hint = "" if errors_of(adopted.problems) else "これでよければ、--anyway を付けてください。"
        raise click.ClickException(f"直すところが {len(adopted.problems)} 件増えるので、何も書いていません。{hint}")
    return adopted.files


def _write(directory: Path, files: Mapping[str, str]) -> None:
    """Each file is replaced whole: who reads it meanwhile reads the old or the new one."""
    for name, text in files.items():
        path = (directory / name).resolve()
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(text.encode("utf-8", "surrogateescape"))
        shutil.copymode(path, part)
        os.replace(part, path)
        click.echo(f"{directory / name} を書きかえました。")


def _approve(store: Store, city: str, keep: Sequence[Suggestion]) -> None:
    store.settle_proposals(city, [key for one in keep for key in one.keys], "approved")
    for one in keep:
        click.echo(f"  {one.entry_id} に「{one.phrasing}」を足しました。")
    click.echo(f"版を公開している市では、「content publish {city}」で公開してください。")


def _table(city: str, found: Sequence[Suggestion], entries: Mapping[str, Entry], total: int) -> str:
    """Rows that begin with an id; everything else is a remark, so that the output can be edited and handed back."""
    if not found:
        more = f"（あと {total} 件は、まだ回数が足りません。--min-count 1 で見られます）" if total else ""
        return f"# {city}: 読むべき提案はありません{more}。"
    wide = max(len(one.entry_id) for one in found)
    lines = [
        f"# {city}: 提案 {len(found)} 件（全部で {total} 件）。書く: --apply ID　もう見せない: --reject ID",
        "# ID    回数  選択  役立  職員  質問の id と、足す言い換え",
    ]
    for one in found:
        counts = f"{one.count:>4}{one.picked:>6}{one.helpful:>6}{one.staff:>6}"
        lines.append(f"{one.id:<8}{counts}  {one.entry_id:<{wide}}  {one.phrasing}")
        lines.append(f"#         質問: {entries[one.entry_id].question}")
        if one.also:
            lines.append(f"#         ほかの書き方: {'／'.join(one.also)}")
        for other in one.conflicts:
            lines.append(f"#         注意: 「{other}」（{entries[other].question}）にも同じことばがあります。")
    return "\n".join(lines)
