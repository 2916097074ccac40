"""The list of a user's conversations: open, find, rename, delete, take away."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ..chats import Chats
from ..errors import BadInput
from ..export import FORMATS, file_name
from ..users import User
from .language import said_now, say
from .twins import twin


@dataclass(frozen=True, slots=True)
class Shelf:
    """The components of the list, in the place where it was made."""

    chats: Chats
    new: gr.Button
    find: gr.Textbox
    choice: gr.Radio
    about: gr.Group
    title: gr.Textbox
    rename: gr.Button
    remove: gr.Button
    sure: gr.Button
    files: dict[str, gr.Button]
    file: gr.Textbox

    @classmethod
    def lay_out(cls, chats: Chats) -> "Shelf":
        """Make the components, closed up at the side."""
        with gr.Sidebar(say.CHATS, open=False, width=300, elem_id="shelf"):
            new = gr.Button(say.NEW_CHAT, size="sm")
            find = gr.Textbox(label=say.FIND_CHAT, placeholder=say.FIND_CHAT, show_label=False, max_length=200)
            choice = gr.Radio([], label=say.CHATS, info=say.NO_CHATS, elem_id="chats", container=False)
            with gr.Group(visible=False, elem_id="about-chat") as about:
                title = gr.Textbox(label=say.CHAT_TITLE, max_lines=1, max_length=200)
                rename = gr.Button(say.RENAME, size="sm")
                files = {e: gr.Button(say.EXPORT.format(kind=kind), size="sm") for e, kind in say.FORMATS.items()}
                remove = gr.Button(say.REMOVE, size="sm")
                sure = gr.Button(say.REMOVE_SURE, size="sm", variant="stop", visible=False)
            file = gr.Textbox(visible="hidden", show_label=False)
        return cls(chats, new, find, choice, about, title, rename, remove, sure, files, file)

    @property
    def shown(self) -> list[Any]:
        """The outputs of :meth:`show`."""
        return [self.choice, self.about, self.title, self.remove, self.sure]

    def show(self, user: User, chat: str, words: str) -> tuple[Any, ...]:
        """The list as it is kept, only of conversations with these words, and what is open."""
        found = self.chats.all(user, words)
        now = self.chats.find(user, chat)
        ids = [c.id for c in found]
        info = "" if found else say.NO_SUCH_CHATS if words.strip() else say.NO_CHATS
        listed = gr.update(choices=[(c.title, c.id) for c in found], value=chat if chat in ids else None, info=info)
        about = gr.update(visible=now is not None), gr.update(value=now.title if now else "")
        return listed, *about, gr.update(visible=True), gr.update(visible=False)

    def packed(self, user: User, chat: str, ending: str) -> str:
        """A conversation as a file to take away.

        Raises:
            BadInput: the user has no such conversation.
        """
        found = self.chats.find(user, chat)
        if found is None:
            raise BadInput(say.NO_CHAT)
        data = FORMATS[ending](found, self.chats.turns(user, chat), lambda words: twin(said_now(words)))
        return packed(file_name(found, ending), data)


def packed(name: str, data: bytes) -> str:
    """A file for ``page.js`` to save. It is never written on the server, where Gradio would hand it to whoever knows
    its name."""
    return json.dumps({"name": name, "data": base64.b64encode(data).decode()})
