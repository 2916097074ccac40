"""The words of ``strings`` in English. Documents, questions and answers stay in their own language."""

PAGE = "Ask the documents"
TAGLINE = (
    "Every sentence of an answer comes from the text. Click a number to see it in its place; what the text does not "
    "say, you are told so. Questions are asked in Chinese."
)
COVERS = "What is covered"
MORE_DOCUMENTS = "{n} documents in all"
EMPTY = "Nothing is covered yet. Please add documents and run: hujin-qa index"

QUESTION = "Question"
ASK_HERE = "Ask in Chinese, then press Enter"
CONVERSATION = "Conversation"
SEARCHING = "Searching the text…"
DRAFT = "The language model's draft, not yet checked against the text:"
STOPPED = "Stopped. You can change the question and ask again."
FAILED = (
    "Something unexpected went wrong and this question was not answered. Please ask again; if it keeps failing, give "
    "the log of the server's window to its operator."
)

UNFINISHED = "This question was not answered to the end. Please ask again."

CHATS = "My conversations"
NEW_CHAT = "New conversation"
FIND_CHAT = "Search conversations"
NO_CHATS = "No conversations yet. What you ask is kept here."
NO_SUCH_CHATS = "No conversation contains this."
NO_CHAT = "There is no such conversation. It may have been deleted."
CHAT_TITLE = "Name of this conversation"
RENAME = "Rename"
REMOVE = "Delete this conversation"
REMOVE_SURE = "Really delete it, for good"
EXPORT = "Export as {kind}"
FORMATS = {"md": "Markdown", "docx": "Word", "json": "JSON"}
PROBLEM = "That did not work"

REASONS = {
    "答非所问": "Off the question",
    "与原文不符": "Not what the text says",
    "出处不对": "Wrong source",
    "说得不全": "Incomplete",
    "文中其实没有": "The text does not say this",
    "文中其实有": "The text does say it",
    "没有帮助": "Not helpful",
}

READ_AS = "Understood as: "
BASIS = "Places in the text that it rests on: {n}"
SURE = "{basis} · {words} ({percent})"
CONFIDENCE_WHY = (
    "By questions that were checked, the text holds this answer with a likelihood of about {percent}. Quotes are the "
    "text's own words; click the numbers to check."
)
CONFIDENCE = {
    "none": "not answered",
    "fair": "fairly sure, please check the text",
    "good": "quite sure",
    "high": "very sure",
}
NOTE = "{kind} ({status}): {text} (source: {source})"
NOTE_WORDS = {"erratum": "Erratum", "待核": "to be verified", "已核": "verified"}
BY_MODEL = "Worded by a language model, every sentence checked against the text."
USAGE = "Language model: {prompt} tokens read, {reply} written"
COST = ", cost {cost}"
UNSUPPORTED = "(this sentence could not be verified in the text)"
MARKER = "source "
SOURCES = "Sources"
COMMA = ", "
OPENING = "Opening"
ALSO_FOUND = "{n} passages found but not cited"
NEARBY = "{n} passages that are near (not an answer)"
COPY = "Copy the answer with its sources"
ABSTAINED = {
    "": "Not answered",
    "empty_index": "There is no index yet",
    "no_match": "The text does not say",
    "not_enough_evidence": "Not enough evidence to answer",
    "llm_unavailable": "The language model did not respond",
}

SOURCE = "Source text"
OUTLINE = "Outline"
DOCUMENT = "Document"
BACK = "Back to the conversation"
NO_DOCUMENT = "There is no such document. It may have been taken out of the index; please reload the page."
FIND_IN_TEXT = "Find in the text"
PREVIOUS_FOUND, NEXT_FOUND = "Previous", "Next"
ASK_SECTION = "Ask about this section"
ABOUT_SECTION = "“{section}”讲了什么?"  # a question to the text, which is Chinese
COPY_PLACE = "Copy a link to this place"
COPY_LINK = "Copy link"
IN_PAGE = {
    "arrived": "Now at: ",
    "copied": "Copied",
    "link_copied": "Link copied",
    "lost": "The text could not be fetched: the connection to the server is lost. Please reload the page.",
    "found": "{n} of {total}",
    "found_none": "Not found",
    "no_answer_here": "The answer of this link is gone: its conversation was deleted or is another user's.",
    "offline": "You are offline and cannot ask now. This message goes away once you are back.",
    "gone": "The server does not respond; it may be restarting. All that you asked is kept, and this page recovers by itself.",
    "expired": "Your sign-in has expired. Please sign in again; all that you asked is kept.",
    "restarted": "The server was restarted. Please reload this page to go on; all that you asked is kept.",
    "reload": "Reload",
    "close": "Close",
    "log_in": "Sign in again",
}
OTHER_LANGUAGE = "中文"
GRADIO: dict[str, str] = {}

BUILDING = (
    "The index is being built. This mostly takes less than a minute, or several with many documents. The page opens by "
    "itself when it is done; no need to reload."
)
BUILDING_ENDED = (
    "The server does not respond; the index may have failed to build. Please read what its window says, mend it and run "
    "it again; this page recovers by itself."
)
SOURCES_GONE = (
    "The document {path} that the index was built from is gone; the index was not updated. For other documents run: "
    "hujin-qa index PATH"
)
OPENED = "Open at {address}"
STOP_HINT = "Press Ctrl+C to stop."
LOGIN = "请登录后提问 · Please sign in"
NEEDS_LOGIN = (
    "Listening at {host} lets other machines open this page, so there must be users first: hujin-qa users add NAME, or "
    "set HUJIN_QA_AUTH=name:password (several, parted by commas). To use it on this machine only, leave out --host."
)
NO_UPLOAD = (
    "No files are taken here. To add documents, ask the operator to run on the server: hujin-qa index FILE_OR_FOLDER"
)
LOGGED_OUT = "Your sign-in has expired. Please reload the page and sign in again."
PORT_BUSY = (
    "Port {port} is taken. Please end the program that has it, or use another port: hujin-qa serve --port {other}"
)
NO_ADDRESS = "Cannot listen at port {port} of {host}: {reason}. Please check --host and --port."

CHAT, STUDY = "Ask", "Learn"
PATH, QUIZ, CARDS, RESULTS = "Study path", "Quiz", "Flashcards", "Results"
PROGRESS = "{right} of {total} items answered right; {cards} cards to review."
STEP = "about {minutes} min, {right} of {total} items right"
STEP_TO_READ = "about {minutes} min"
NEXT_STEP = "Next:"
TERMS = "Terms: "
HERE = "source"
IN_SOURCE = "See the source: {section}"
WHOLE_TEXT = "The whole text"
SECTION = "Which section"
HOW_MANY = "How many items"
START = "Start the quiz"
LAST_SCORE = "Your last score"
SCORE = "{right} of {total} right. "
WEAK = "Weak sections: "
AGAIN = "Do the wrong ones again"
CHOICES = "Choose one"
CHOICES_MANY = "Choose all that are right"
PLACE = "Place {n}"
SUBMIT = "Submit"
NEXT = "Next item"
CHOOSE = "Please complete your answer before you submit it."
ITEM_OF = "Item {n} of {total}"
RIGHT = "✓ Right"
WRONG = "✗ Wrong. The right answer: {answer}"
NO_ITEMS = "There are no items for this section. Please choose another one or the whole text."
CARDS_WAITING = "{n} to review"
NO_CARDS = "No cards to review now. Come back later."
TURN = "Show the answer"
UNDO_CARD = "Undo the last card"
TRAINERS_ONLY = "This page is for trainers only."
NO_RESULTS = "Nobody has done a quiz yet."
BY_LEARNER, BY_SECTION, BY_ITEM = "Who did how much", "Hardest sections", "Hardest items"

EVAL, RUN, RUNS, COMPARE = "Evaluate", "Run", "Results", "Compare"
QUESTION_SET = "Question set"
START_RUN, STOP_RUN = "Start", "Stop"
PROGRESS_OF_RUN = "Progress"
RUNNING = "{done} of {total} questions asked"
RAN = "{n} questions asked, the result is kept as {name}"
RUN_STOPPED = "Stopped. What was asked is kept; press “Resume” to go on."
RESUME_RUN = "Resume"
CAUSE, ALL_WRONG, ALL_QUESTIONS = "Cause", "All that failed", "All"
VARIANTS, TRY = "Side by side", "Try"
VARIANTS_HINT = (
    "Choose several of each; every combination is tried and compared. To compare another embedding model, ask the "
    'operator to set HUJIN_QA_OTHER_ENCODERS={"name or folder of the model": "its index folder"}.'
)
ENCODER, CURRENT = "Embedding model", "The one in use"
NO_ENCODER = "There is no such embedding model."
OTHER_DOCUMENTS = (
    "{index} is the index of other documents and cannot be compared. Please rebuild it from the same documents."
)
FUSION, HITS, THRESHOLD, READER = (
    "Retrieval",
    "Passages read (several numbers)",
    "Threshold (several numbers)",
    "Reader",
)
OR_SET = "Or a question set (leave the question empty)"
TRYING = "Variant {n} of {of} ({name}): {done} of {total} questions asked"
NOT_A_NUMBER = "“{text}” will not do: please write numbers from {low:g} to {high:g}, parted by blanks."
NO_QUESTION = "Please write a question first."
CORRECT = "Correct the gold"
QUESTION_ID, ANSWERABLE, WHY, SAVE = "Question id", "The text has an answer", "Why the change", "Save"
FACTS = "Facts (one a line; ways to write the same fact parted by |)"
EVIDENCE = "Evidence (one a line: a section number or a sentence of the text)"
DAMAGED_LOG = "The record of corrections {path} has a line that cannot be read. Please have an administrator mend it."
SAVED_STATE = "Saved"
CORRECTED = "{id} is saved. Earlier results used the old gold and can no longer be compared with new ones."
LOOK = "Open"
BEFORE, AFTER = "Before", "Now"
NO_SET = "Please choose a question set first."
NO_RUN = "Please choose a result first."
NO_TWO_RUNS = "Comparing needs two results: please choose both above, or do another run first."
EVALUATORS_ONLY = "This page is for evaluators only."

MY_TASKS = "My tasks"
TODO = "{form} (due {due}): {state}"
TIMED = "({minutes} minutes, one attempt)"
WHAT_TO_DO = "What to do"
FREE_QUIZ = "Free practice"
NOT_SET = "This form was not set for you, or you have taken it already. Please choose under “What to do”."
OTHER_ITEM = "This item was answered or replaced in another window, so your answer was not kept. Please reload the page to go on."
OVER = "Time is up, or the form was handed in. Press “Next” to see the result."
NOTED = "Noted. You will see what was right after handing in."
TIME_LEFT = "{minutes} minutes left, until {end}"
ASK_ABOUT = "Ask about this place"
ABOUT_ITEM = "“{section}”讲了什么?"  # asked of a Chinese text
COHORT_SAVED = "Saved cohort “{name}”: {n} people."
LOCKED = "Locked “{name}”: {n} items, seed {seed}."
FORM_ITEMS = "Items"
ASSIGNED = "Set: {cohort} takes “{form}” by {due}."
NO_DAY = "“{text}” is no date. Please write it like 2026-01-31."
RETIRED = "Retired: {stem}"
WRONG_OPTIONS = "Wrong options (one a line; behind | you may say why it is wrong)"
SAVE_ITEM = "Check and save"
SAVED_ITEM = "Saved; it passed every check: {id}"
CHOOSE_ITEM = "Please choose an item first."
NOT_EDITABLE = "Matching and ordering items cannot be edited, only retired."
REPORTS = {"csv": "Results CSV", "xlsx": "Results Excel", "pdf": "Printed report PDF"}
CHOOSE_LEARNER = "Please choose a learner first."

ASSIGN = "Set it"
BY_TASK = "Who has done what"
CERTIFICATE = "Make a certificate (PDF)"
CERTIFICATE_FOR = "For whom"
CERTIFICATE_NAME = "certificate"
COHORTS = "Cohorts and tasks"
COHORT_NAME = "Name of the cohort"
DUE = "Due day (year-month-day)"
EDIT = "Edit this item"
FORM_NAME = "Name of the form"
ITEM = "Item"
ITEMS = "Items"
ITEM_KINDS = {
    "figure": "Number",
    "true_false": "True or false",
    "list": "Several right options",
    "tier": "Group",
    "match": "Match",
    "order": "Put into order",
    "term": "Term",
    "topic": "Topic",
    "aspect": "Statement",
    "choice": "One right option",
}
ITEM_FIND = "Find items (words of the stem)"
KIND = "Kind"
LAPSED = "Items whose quote no longer stands; they are not shown any more:"
LOCK = "Lock the form"
MEMBERS = "User names of the learners (one a line)"
MINUTES = "Minutes (0: practice without a limit)"
PROOF = "The sentence that proves the answer (copied from the text to the letter)"
PROOF_DOCUMENT = "Which document it stands in"
REPORT_NAME = "results"
RETIRE = "Retire this item"
RETIRE_WHY = "Why it is retired"
RIGHT_OPTIONS = "Right options (one a line; true or false: 对 or 错)"
SAVE_COHORT = "Save the cohort"
SEED = "Seed (the same number locks the same items)"
STEM = "Stem (true or false: the statement)"
TAKE_AWAY = "Export"
TO_WHOM = "Which cohort"
WHICH_FORM = "Which form"
