"""A browser without a screen: it keeps cookies, says from where its forms come, and finds the token in them."""

import re
from html import unescape
from typing import Any

import httpx2

from tocsin.people import directory, passwords
from tocsin.runtime import Installation

PASSWORD = "correct horse battery"


def give_passwords(installation: Installation, *names: str, password: str = PASSWORD) -> None:
    """The password of every test, for these users, or for all."""
    stored = passwords.hashed(password)

    def write(tx: Any) -> None:
        for name in names or tuple(directory.load(tx).by_name):
            passwords.set_for(tx, installation.mint, installation.journal, name, stored, by="test")

    installation.writer.write(write)


class Browser:
    """`form_token` is that of the page looked at last."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.Client(base_url=url, headers={"origin": url}, timeout=30)
        self.form_token = ""

    def get(self, path: str, **headers: str) -> httpx2.Response:
        answer = self.http.get(path, headers=headers)
        if found := re.search(r'name="form_token" value="(\w+)"', answer.text):
            self.form_token = found[1]
        return answer

    def post(self, path: str, *, token: str | None = None, headers: dict[str, str] | None = None, **fields: str) -> Any:
        data = fields | {"form_token": self.form_token if token is None else token}
        return self.http.post(path, data=data, headers=headers or {})

    def send(self, path: str, file: tuple[str, bytes], field: str = "file", **fields: str) -> Any:
        """A form with a file, as browsers send it."""
        data = fields | {"form_token": self.form_token}
        return self.http.post(path, data=data, files={field: (*file, "application/octet-stream")})

    def sign_in(self, name: str, password: str = PASSWORD, back: str = "/") -> httpx2.Response:
        answer = self.http.post("/sign-in", data={"name": name, "password": password, "back": back})
        if answer.status_code == 303:
            self.get("/cases")
        return answer


def signed(url: str, name: str) -> Browser:
    """The browser of somebody who has signed in, at a page with a form."""
    browser = Browser(url)
    assert browser.sign_in(name).status_code == 303
    browser.get("/settings/profile")
    return browser


def heading(answer: httpx2.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.text, re.S)
    return plain(found[1]) if found else ""


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def once(answer: httpx2.Response) -> list[str]:
    """What a page shows that nobody can read again."""
    assert answer.status_code == 200, answer.text
    return [unescape(one) for one in re.findall(r"<code>([^<]+)</code>", answer.text.partition('class="once"')[2])]


def saved(answer: httpx2.Response, where: str) -> None:
    assert (answer.status_code, answer.headers.get("location", "")) == (303, where), plain(answer.text)[:600]
