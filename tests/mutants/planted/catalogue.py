"""Every bug that is planted; a bug of a promise is added beside the code that keeps it."""

from tests.mutants.planted.changing import CHANGING
from tests.mutants.planted.keeping import KEEPING
from tests.mutants.planted.publishing import PUBLISHING
from tests.mutants.planted.reading import READING

MUTANTS = (*READING, *KEEPING, *PUBLISHING, *CHANGING)
