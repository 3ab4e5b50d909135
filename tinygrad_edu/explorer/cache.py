"""A cache bounded by bytes, whose entries are made once, however many threads ask for them at a time."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Keeps what was made, the latest asked for, up to so many bytes in all.

    Args:
        most: bytes.
        size: of an entry, in bytes.  One that is larger than `most` is kept alone.

    >>> cache = Cache(10, len)
    >>> cache.get("a", lambda: "12345"), cache.get("b", lambda: "1234567")
    ('12345', '1234567')
    >>> list(cache), cache.bytes
    (['b'], 7)
    """

    def __init__(self, most: int, size: Callable[[V], int]):
        self.most, self.bytes = most, 0
        self._size = size
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._making: dict[K, Future[V]] = {}
        self._lock = Lock()

    def __iter__(self) -> Iterator[K]:
        """Yield the keys of what is kept, the latest asked for last."""
        with self._lock:
            return iter(list(self._kept))

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the entry of a key; make it where there is none.  Who asks meanwhile waits, and gets the same."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
            others = self._making.get(key)
            if others is None:
                mine = self._making[key] = Future()
        if others is not None:
            return others.result()
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                del self._making[key]
            mine.set_exception(error)
            raise
        self._keep(key, value)
        mine.set_result(value)
        return value

    def _keep(self, key: K, value: V) -> None:
        size = self._size(value)
        with self._lock:
            del self._making[key]
            self._kept[key] = value, size
            self.bytes += size
            while self.bytes > self.most and len(self._kept) > 1:
                self.bytes -= self._kept.popitem(last=False)[1][1]
