"""What is released works: the built wheel, in an environment of its own, runs the demo."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that has to succeed, without this project's source in reach."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    variables["TMPDIR"] = str(cwd / "temporary")
    ended = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_the_built_wheel_is_installed_and_runs_the_demo(tmp_path: Path):
    """Its dependencies come from the environment of these tests, everything of ours from the wheel.

    Without --to the demo leaves nothing behind.
    """
    (tmp_path / "temporary").mkdir()
    build = (sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path)
    run(*build, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("crmsnap-*.whl")
    home = tmp_path / "venv"
    venv.create(home)
    python = home / "bin" / "python"
    own = Path(
        run(
            python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path
        ).strip()
    )
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index")
    run(*pip, wheel, cwd=tmp_path)
    assert run(python, "-c", "import crmsnap; print(crmsnap.__file__)", cwd=tmp_path).startswith(
        str(own)
    )
    said = run(home / "bin" / "crmsnap", "demo", "--contacts", "200", cwd=tmp_path)
    assert "is proven" in said
    assert list((tmp_path / "temporary").iterdir()) == []
