"""A TCP proxy before a PostgreSQL that loses connections at a chosen moment of a commit."""

import socket
import struct
import threading


class Proxy:
    """Use as a context manager. Passes everything on, without TLS, until lose() names a text: the
    connection that sends it is cut, either before the server gets it, or after the server has
    committed and before its client hears of it."""

    def __init__(self, port):
        self.target = ("127.0.0.1", port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.cuts = 0          # connections that were lost on purpose
        self._needle, self._when = None, None
        self._threads, self._sockets = [], []

    def __enter__(self):
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        for s in list(self._sockets):
            hang_up(s)
        for thread in list(self._threads):
            thread.join()
        self.listener.close()

    def lose(self, text, when):
        """`when`: "before" or "after" the commit. Counts for one connection."""
        self._needle, self._when = text.encode(), when

    def _start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            self._sockets += [client, server]
            pair = Pair(self, client, server)
            self._start(pair.to_server)
            self._start(pair.to_client)

    def take(self, data):
        """Whether these bytes are what was waited for, and then what to do."""
        if self._needle is None or self._needle not in data:
            return None
        self._needle = None
        self.cuts += 1
        return self._when


class Pair:
    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server = proxy, client, server
        self.lost_after_commit = False

    def close(self):
        hang_up(self.client)
        hang_up(self.server)

    def to_server(self):
        try:
            # What was waited for comes in one piece: blogd sends a transaction at once.
            while data := self.client.recv(1 << 20):
                when = self.proxy.take(data)
                if when == "before":
                    break
                self.lost_after_commit = self.lost_after_commit or when == "after"
                self.server.sendall(data)
        except OSError:
            pass
        if not self.lost_after_commit:
            self.close()

    def to_client(self):
        try:
            buffer = b""
            while data := self.server.recv(1 << 20):
                buffer = self._pass_on(buffer + data)
        except OSError:
            pass
        self.close()

    def _pass_on(self, buffer):
        """Whole messages go on as far as the answer that must not arrive; what is left stays."""
        end = held = 0
        while len(buffer) - end >= 5:
            size = 1 + struct.unpack_from("!I", buffer, end + 1)[0]
            if len(buffer) - end < size:
                break
            end += size
            # ReadyForQuery, idle: no transaction is open any more.
            ready = buffer[end - size:end - size + 1] == b"Z"
            if ready and self.lost_after_commit and buffer[end - 1:end] == b"I":
                self.close()
                raise OSError("cut")
            if ready or not self.lost_after_commit:
                held = end
        self.client.sendall(buffer[:held])
        return buffer[held:]


def hang_up(s):
    try:
        s.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
