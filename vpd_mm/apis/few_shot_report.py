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
        list[dict]: Rows ``embedding``, ``shots``, ``trials``, ``mean``, ``std`` (percent), in the
        order of the results; the whole split comes last.

    Example:
        >>> summarize([dict(embedding='vipe', shots=4, test_accuracy=0.5)])[0]['mean']
        50.0
    """
    groups: dict[tuple, list[float]] = {}
    for result in results:
        key = (result['embedding'], result['shots'])
        groups.setdefault(key, []).append(100 * result['test_accuracy'])
    return [
        dict(
            embedding=embedding,
            shots=shots,
            trials=len(accuracies),
            mean=float(np.mean(accuracies)),
            std=float(np.std(accuracies)),
        )
        for (embedding, shots), accuracies in groups.items()
    ]


def format_table(rows: list[dict]) -> str:
    """Lay out the rows of :func:`summarize`: one line for each number, one column an embedding."""
    embeddings = list(dict.fromkeys(row['embedding'] for row in rows))
    cells = {
        (row['shots'], row['embedding']): f'{row["mean"]:.1f} ± {row["std"]:.1f}' for row in rows
    }
    table = [['shots', *embeddings]]
    for shots in _sorted_shots(rows):
        table.append([str(shots), *(cells.get((shots, name), '-') for name in embeddings)])
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ['  '.join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in table]
    trials = sorted({row['trials'] for row in rows})
    return '\n'.join(
        [
            'Test accuracy %, mean ± standard deviation over '
            f'{" or ".join(map(str, trials))} trials',
            *lines,
        ]
    )


def _sorted_shots(rows: list[dict]) -> list:
    numbers = {row['shots'] for row in rows}
    return sorted(numbers, key=lambda k: float('inf') if k == FULL else k)


def write_report(results: list[dict], folder: str | Path) -> str:
    """Write the table as text, CSV and figure, and what each embedding confuses.

    Files: ``few_shot.txt``, ``few_shot.csv``, ``few_shot.png``; and for the largest number of
    examples of each embedding ``<embedding>/confusion.png`` and ``<embedding>/predictions.csv``.

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
        draw_few_shot(rows).savefig(path, dpi=150)
    for embedding in {row['embedding']: None for row in rows}:
        best = _sorted_shots([row for row in rows if row['embedding'] == embedding])[-1]
        chosen = [r for r in results if (r['embedding'], r['shots']) == (embedding, best)]
        _write_predictions(chosen, folder / embedding)
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
    title = f'{results[0]["embedding"]}, {results[0]["shots"]} shots'
    with atomic_path(folder / 'confusion.png') as path:
        draw_confusion(matrix, classes, title).savefig(path, dpi=150)


def _write_csv(path: Path, rows: list[dict]) -> None:
    with atomic_path(path) as temporary, open(temporary, 'w', newline='', encoding='utf-8') as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
