"""Clients side by side that ask until the server is dead or they are told to end; each of them has to notice."""
import threading

END_S = 30


class Clients:
    def __init__(self):
        self.wrong, self.lock = [], threading.Lock()

    def begin(self, works):
        """A thread for each (function, arguments...), which goes on while not `ending`."""
        self.ending = False
        self.threads = [threading.Thread(target=function, args=arguments) for function, *arguments in works]
        for t in self.threads:
            t.start()

    def join(self):
        self.ending = True
        for t in self.threads:
            t.join(END_S)
            if t.is_alive():
                self.wrong.append('a client hangs')
