"""The demo's driver runs what is missing, in order, and stops where a step fails."""

import importlib.util
import sys
from pathlib import Path

import pytest


@pytest.fixture
def demo(repository, tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location('demo', repository / 'tools' / 'demo.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.chdir(tmp_path)
    return module


def appending(demo, name):
    code = f'open("ran", "a").write("{name} "); print("{name} speaks")'
    return demo.Step(name, name, ['-c', code])


def test_steps_run_once_and_log(demo, monkeypatch, capsys):
    demo.DATA.mkdir(parents=True)
    (demo.WORK / 'few_shot').mkdir(parents=True)
    (demo.WORK / 'few_shot' / 'few_shot.txt').write_text('the table')
    (demo.WORK / 'loss.png').touch()
    monkeypatch.setattr(demo, 'steps', lambda: [appending(demo, 'one'), appending(demo, 'two')])
    demo.main()
    demo.main()
    assert Path('ran').read_text() == 'one two '
    assert (demo.WORK / 'logs' / 'two.log').read_text() == 'two speaks\n'
    output = capsys.readouterr().out
    assert 'the table' in output
    assert str(demo.WORK / 'loss.png') in output


def test_a_failing_step_is_not_marked(demo):
    step = demo.Step('bad', 'bad', ['-c', 'print("why"); raise SystemExit(3)'])
    with pytest.raises(SystemExit, match=r'why\nerror: exit code 3; run the demo again'):
        demo.run(step)
    assert not (demo.WORK / 'done' / 'bad').exists()


def test_without_data_every_step_is_run_again(demo, monkeypatch):
    (demo.WORK / 'done').mkdir(parents=True)
    (demo.WORK / 'done' / 'one').touch()
    (demo.WORK / 'few_shot').mkdir()
    (demo.WORK / 'few_shot' / 'few_shot.txt').write_text('')
    monkeypatch.setattr(demo, 'steps', lambda: [appending(demo, 'one')])
    demo.main()
    assert Path('ran').read_text() == 'one '


def test_every_command_names_a_file(demo, repository, monkeypatch):
    monkeypatch.setattr(demo, 'best_checkpoint', lambda work_dir: work_dir / 'best.pth')
    for step in demo.steps():
        scripts = [word for word in map(str, step.command) if word.endswith('.py')]
        assert all((repository / script).is_file() for script in scripts), step
    assert sys.executable
