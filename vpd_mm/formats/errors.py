"""The one error that reading a file of a wrong form raises."""


class FormatError(ValueError):
    """A file does not have the form that its name promises.

    The message reads ``<file>: what is wrong; what to do``.
    """

    def __init__(self, path, problem: str):
        problem = ' '.join(problem.split())
        super().__init__(f'{path}: {problem}')
        self.path = str(path)
        self.problem = problem

    def __reduce__(self):
        return FormatError, (self.path, self.problem)
