"""Observing a search in one thread, and cancelling it from another one; there is no ``__main__`` guard."""

import threading

import optimiser

instance = optimiser.read("oku-250")
enough = threading.Event()
results: list[optimiser.Solution] = []


class Board(optimiser.Watcher):
    """An observer may also decide."""

    def stepped(self, progress: optimiser.Progress) -> None:
        """Cancel after the first iteration; a button of a program would do the same."""
        print(f"iteration {progress.iteration}: {progress.best:.1f} points")
        enough.set()


def work() -> None:
    """Plan until somebody has had enough; the block is entered in the thread that computes."""
    with optimiser.cancelled_by(enough):
        results.append(optimiser.optimise(instance, scenarios=100, watcher=Board()))


thread = threading.Thread(target=work)
thread.start()
thread.join()

(solution,) = results
assert solution.interrupted
assert not solution.replayable
assert solution.verdict.passed

never = threading.Event()
never.set()
try:
    with optimiser.cancelled_by(never):
        optimiser.optimise(instance)
except optimiser.Cancelled as error:
    print(error)
else:
    raise AssertionError("called off before anything was found, and yet there is a plan")
