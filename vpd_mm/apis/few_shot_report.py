"""Tables and figures of few-shot trials."""

import csv
from pathlib import Path

import numpy as np

from vpd_mm.formats import atomic_path
from vpd_mm.visualization.recognition import draw_confusion, draw_few_shot

from .few_shot import FULL


def summarize(results: list[dict]) -> list[dict]:
    """Give mean and standard deviation (over the trials run) of each embedding and number.

    Args:
        results (list[dict]): Results of :func:`vpd_mm.apis.few_shot.run_trials`.

    Returns:
        list[dict]: Rows ``recognizer`` (empty if there is only one), ``embedding``, ``shots``,
        ``trials``, ``mean``, ``std`` of the accuracy and ``class_mean``, ``class_std`` of the mean
        class accuracy (percent), in the order of the results.

    Example:
        >>> result = dict(embedding='vipe', shots=4, test_accuracy=0.5, test_class_accuracy=0.4)
        >>> summarize([result])[0]['mean']
        50.0
    """
    groups: dict[tuple, list[dict]] = {}
    for result in results:
        key = (result.get('recognizer', ''), result['embedding'], result['shots'])
        groups.setdefault(key, []).append(result)
    rows = []
    for (recognizer, embedding, shots), group in groups.items():
        names = ('test_accuracy', 'test_class_accuracy')
        (mean, class_mean), (std, class_std) = (
            statistic([[100 * result[name] for name in names] for result in group], axis=0).tolist()
            for statistic in (np.mean, np.std)
        )
        rows.append(
            dict(
                recognizer=recognizer,
                embedding=embedding,
                shots=shots,
                trials=len(group),
                mean=mean,
                std=std,
                class_mean=class_mean,
                class_std=class_std,
            )
        )
    return rows


def _label(row: dict) -> str:
    return f'{row.get("recognizer", "")} {row["embedding"]}'.strip()


def format_table(rows: list[dict]) -> str:
    """Lay out the rows of :func:`summarize`: accuracy, then mean class accuracy.

    A line is a number of examples, a column an embedding, or a recogniser of an embedding.
    """
    trials = ' or '.join(map(str, sorted({row['trials'] for row in rows})))
    spread = f'%, mean ± standard deviation over {trials} trials'
    lines = [f'Test accuracy {spread}', *_columns(rows, 'mean', 'std')]
    lines += ['', f'Mean class accuracy {spread}', *_columns(rows, 'class_mean', 'class_std')]
    return '\n'.join(lines)


def _columns(rows: list[dict], mean: str, std: str) -> list[str]:
    names = list(dict.fromkeys(_label(row) for row in rows))
    cells = {(row['shots'], _label(row)): f'{row[mean]:.1f} ± {row[std]:.1f}' for row in rows}
    table = [['shots', *names]]
    for shots in _sorted_shots(rows):
        table.append([str(shots), *(cells.get((shots, name), '-') for name in names)])
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ['  '.join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in table]


def _sorted_shots(rows: list[dict]) -> list:
    numbers = {row['shots'] for row in rows}
    return sorted(numbers, key=lambda k: float('inf') if k == FULL else k)


def write_report(results: list[dict], folder: str | Path) -> str:
    """Write the table as text, CSV and figure, and what each embedding confuses.

    Files: ``few_shot.txt``, ``few_shot.csv``, ``few_shot.png``; and for the largest number of
    examples of each embedding ``<embedding>/confusion.png`` and ``<embedding>/predictions.csv``,
    below ``<recognizer>/`` if several are compared.

    Args:
        results (list[dict]): Results of :func:`vpd_mm.apis.few_shot.run_trials`.
        folder (str | Path): Where to write.

    Returns:
        str: The table.
    """
    folder = Path(folder)
    rows = summarize(results)
    table = format_table(rows)
    with atomic_path(folder / 'few_shot.txt') as path:
        path.write_text(table + '\n', encoding='utf-8')
    _write_csv(folder / 'few_shot.csv', rows)
    with atomic_path(folder / 'few_shot.png') as path:
        draw_few_shot([row | dict(embedding=_label(row)) for row in rows]).savefig(path, dpi=150)
    for name in dict.fromkeys(_label(row) for row in rows):
        own = [result for result in results if _label(result) == name]
        best = _sorted_shots(own)[-1]
        chosen = [result for result in own if result['shots'] == best]
        _write_predictions(chosen, folder / own[0].get('recognizer', '') / own[0]['embedding'])
    return table


def _write_predictions(results: list[dict], folder: Path) -> None:
    classes = results[0]['classes']
    rows = [
        dict(
            trial=result['trial'],
            action=row['action'],
            true=classes[row['true']],
            predicted=classes[row['predicted']],
            score=round(row['score'], 4),
        )
        for result in results
        for row in result['predictions']
    ]
    _write_csv(folder / 'predictions.csv', rows)
    pairs = [(row['true'], row['predicted']) for r in results for row in r['predictions']]
    matrix = np.zeros((len(classes), len(classes)), int)
    np.add.at(matrix, tuple(np.array(pairs).T), 1)
    shots = results[0]['shots']
    examples = 'all examples' if shots == FULL else f'{shots} examples of a class'
    title = f'{_label(results[0])}: {examples}, sum of {len(results)} trials'
    with atomic_path(folder / 'confusion.png') as path:
        draw_confusion(matrix, classes, title).savefig(path, dpi=150)


def _write_csv(path: Path, rows: list[dict]) -> None:
    with atomic_path(path) as temporary, open(temporary, 'w', newline='', encoding='utf-8') as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
