"""Every Chinese word the pages show, in one place; ``english`` has the same names. ``language`` picks between them."""

from ..feedback import REASONS as _REASONS
from ..payload import BY_MODEL as BY_MODEL
from ..payload import CONFIDENCE as CONFIDENCE
from ..payload import COST as COST
from ..payload import NOTE as NOTE
from ..payload import NOTE_WORDS as NOTE_WORDS
from ..payload import USAGE as USAGE

PAGE = "问文档"
TAGLINE = "每句回答都来自原文。点编号,看它在原文里的位置;文中没有的,会直说没有。"
COVERS = "收录的内容"
MORE_DOCUMENTS = "共 {n} 份文档"
EMPTY = "还没有收录任何文字。请先放入文档并运行:hujin-qa index"

QUESTION = "问题"
ASK_HERE = "输入问题,按回车提问"
CONVERSATION = "对话"
SEARCHING = "正在检索…"
DRAFT = "大模型的草稿,还没有与原文核对:"
STOPPED = "已停止。可以改一改问题再问。"
FAILED = "出了意外,这一问没有答成。请再问一次;若一再如此,请把运行窗口里的记录交给管理员。"

UNFINISHED = "这一问没有答完。请再问一次。"

CHATS = "我的对话"
NEW_CHAT = "新对话"
FIND_CHAT = "搜索对话"
NO_CHATS = "还没有对话。问过的会留在这里。"
NO_SUCH_CHATS = "没有对话含有这些字。"
NO_CHAT = "没有这个对话。它可能已被删除。"
CHAT_TITLE = "这个对话的名称"
RENAME = "改名"
REMOVE = "删除这个对话"
REMOVE_SURE = "确定删除,不能恢复"
EXPORT = "导出 {kind}"
FORMATS = {"md": "Markdown", "docx": "Word", "json": "JSON"}
PROBLEM = "没有做成"

REASONS = {reason: reason for reason in _REASONS}  # as kept: as shown

READ_AS = "理解为:"
BASIS = "依据 {n} 处原文作答"
SURE = "{basis} · {words}({percent})"
CONFIDENCE_WHY = "按验证过的问题估计,原文含有这个答案的可能约 {percent}。引文逐字出自原文,请点编号核对。"
UNSUPPORTED = "(这一句未能在原文中核实)"
MARKER = "原文出处"
SOURCES = "出处"
COMMA = "、"
OPENING = "开头"
ALSO_FOUND = "检索到但未引用 {n} 段"
NEARBY = "相近的段落(不是答案){n} 段"
COPY = "复制回答和出处"
ABSTAINED = {
    "": "没有作答",
    "empty_index": "还没有索引",
    "no_match": "文中没有",
    "not_enough_evidence": "依据不足,没有作答",
    "llm_unavailable": "语言模型没有回应",
}

SOURCE = "原文"
OUTLINE = "目录"
DOCUMENT = "文档"
BACK = "返回对话"
NO_DOCUMENT = "没有这份文档。它可能已从索引中移除,请刷新页面。"
FIND_IN_TEXT = "在原文中查找"
PREVIOUS_FOUND, NEXT_FOUND = "上一处", "下一处"
ASK_SECTION = "问这一节"
ABOUT_SECTION = "“{section}”讲了什么?"  # a question to the text
COPY_PLACE = "复制这一处的链接"
COPY_LINK = "复制链接"
IN_PAGE = {  # for page.js
    "arrived": "已定位到原文:",
    "copied": "已复制",
    "link_copied": "链接已复制",
    "lost": "原文没有取到:与服务的连接断了。请刷新页面再试。",
    "found": "第 {n}/{total} 处",
    "found_none": "没有找到",
    "no_answer_here": "这个链接指的回答不在了:对话已被删除,或属于别的用户。",
    "offline": "网络断开了,现在不能提问。连上以后这条提示会消失。",
    "gone": "服务没有回应:它可能正在重启。问过的都已保存,连上以后会自动恢复。",
    "expired": "登录已失效。请重新登录,问过的都还在。",
    "restarted": "服务重启过。请刷新这一页再继续,问过的都还在。",
    "reload": "刷新",
    "close": "关闭",
    "log_in": "重新登录",
}
OTHER_LANGUAGE = "English"
GRADIO = {  # what it says in English in every language, as patterns, for shell.js
    "Feedback": "说说哪里不好",
    "Liked": "已赞",
    "Disliked": "已踩",
    "Close": "关闭",
    "undo": "撤销",
    "chatbot conversation": "对话",
    "Select example \\d+: (.*)": "问:$1",
    "Toggle Sidebar": "打开或收起我的对话",
    "More tabs": "更多",
    "Reset to default value": "恢复原来的数",
    "number input for (.*)": "$1",
    "range slider for (.*)": "$1",
    "(\\d+) choices shown, (\\d+) remaining": "列出了 $1 项,还有 $2 项",
}

BUILDING = "正在建立索引,通常不到一分钟;文档多时要几分钟。建好后这一页会自动打开,不用刷新。"
BUILDING_ENDED = "服务没有回应:建立索引时可能出了错。请看运行窗口里的说明,改正后再运行;这一页会自动恢复。"
SOURCES_GONE = "建索引时的文档 {path} 已不在,索引没有更新。要换文档,请运行:hujin-qa index 路径"
OPENED = "已打开:{address}"
STOP_HINT = "按 Ctrl+C 停止。"
LOGIN = "请登录后提问 · Please sign in"  # before one is known
NEEDS_LOGIN = (
    "监听 {host} 会让别的机器也能打开这个网页,所以必须先有用户:hujin-qa users add 用户名,"
    "或设 HUJIN_QA_AUTH=用户名:密码(多个用逗号分开)。只在本机用请去掉 --host。"
)
NO_UPLOAD = "这里不收文件。要加文档,请管理员在服务器上运行:hujin-qa index 文件或文件夹"
LOGGED_OUT = "登录已失效。请刷新页面,重新登录。"
PORT_BUSY = "端口 {port} 已被占用。请关掉占用它的程序,或换一个端口:hujin-qa serve --port {other}"
NO_ADDRESS = "不能监听 {host} 的端口 {port}:{reason}。请检查 --host 和 --port。"

CHAT, STUDY = "问文档", "学习"
PATH, QUIZ, CARDS, RESULTS = "学习路径", "测验", "卡片", "带教"
PROGRESS = "已答对 {right}/{total} 题;待复习卡片 {cards} 张。"
STEP = "约 {minutes} 分钟,答对 {right}/{total} 题"
STEP_TO_READ = "约 {minutes} 分钟"  # has no items
NEXT_STEP = "接下来学:"
TERMS = "术语:"
HERE = "原文"
IN_SOURCE = "看原文:{section}"
WHOLE_TEXT = "全文"
SECTION = "考哪一节"
HOW_MANY = "几题"
START = "开始测验"
LAST_SCORE = "上次的成绩"
SCORE = "得分 {right}/{total}。"
WEAK = "薄弱的章节:"
AGAIN = "再做一遍做错的"
CHOICES = "请选一项"
CHOICES_MANY = "请选出所有正确的"
PLACE = "第 {n} 位"
SUBMIT = "提交"
NEXT = "下一题"
CHOOSE = "请先把答案选全,再提交。"
ITEM_OF = "第 {n}/{total} 题"
RIGHT = "✓ 答对了"
WRONG = "✗ 答错了。正确答案:{answer}"
NO_ITEMS = "这一节出不了题。请选别的章节或全文。"
CARDS_WAITING = "待复习 {n} 张"
NO_CARDS = "现在没有要复习的卡片,到时候再来。"
TURN = "看答案"
UNDO_CARD = "撤销上一张"
TRAINERS_ONLY = "这一页只给带教的人看。"
NO_RESULTS = "还没有人做过测验。"
MY_TASKS = "我的任务"
TODO = "{form}(截止 {due}):{state}"
TIMED = "(限时 {minutes} 分钟,只能做一次)"
WHAT_TO_DO = "做哪一份"
FREE_QUIZ = "随堂练习"
NOT_SET = "这份试卷没有布置给你,或已经考过。请在“做哪一份”里选。"
OTHER_ITEM = "这一题已在别的窗口里做过或换过,这次的答案没有记下。请刷新页面,接着做。"
OVER = "时间到了,或已经交卷。请按“下一题”看成绩。"
NOTED = "已记下。交卷后告诉对错。"
TIME_LEFT = "还剩 {minutes} 分钟,到 {end} 为止"
ASK_ABOUT = "就这一处提问"
ABOUT_ITEM = "“{section}”讲了什么?"  # a question to the text
BY_LEARNER, BY_SECTION, BY_ITEM = "谁做了多少", "最难的章节", "最难的题"
BY_TASK, LAPSED = "谁完成了什么", "引文已不成立的题,不再出示:"
COHORTS, COHORT_NAME, MEMBERS, SAVE_COHORT = "班级与任务", "班级名称", "学员的用户名(一行一个)", "保存班级"
COHORT_SAVED = "已保存班级「{name}」:{n} 人。"
FORM_NAME, MINUTES, SEED, LOCK = "试卷名称", "限时几分钟(0 是不限时的练习)", "种子(同一个数锁定同样的题)", "锁定试卷"
LOCKED = "已锁定「{name}」:{n} 题,种子 {seed}。"
FORM_ITEMS = "题数"
TO_WHOM, WHICH_FORM = "给哪个班", "做哪份试卷"
DUE, ASSIGN = "截止的那一天(年-月-日)", "布置"
ASSIGNED = "已布置:{cohort} 在 {due} 前做「{form}」。"
NO_DAY = "“{text}”不是日期。请写成 2026-01-31 这样。"
ITEMS, ITEM, ITEM_FIND = "题目", "题目", "搜题目(题干里的字)"
RETIRE, RETIRE_WHY, EDIT = "停用这道题", "为什么停用", "改写这道题"
RETIRED = "已停用:{stem}"
KIND, STEM, RIGHT_OPTIONS = "题型", "题干(判断题写要判断的那句话)", "正确选项(一行一个;判断题写 对 或 错)"
WRONG_OPTIONS = "错误选项(一行一个,后面可以写 | 和为什么错)"
ITEM_KINDS = {
    "figure": "填数",
    "true_false": "判断",
    "list": "多选",
    "tier": "归类",
    "match": "配对",
    "order": "排序",
    "term": "术语",
    "topic": "主题",
    "aspect": "说法",
    "choice": "单选",
}
PROOF_DOCUMENT, PROOF = "出自哪份文档", "证明答案的原文(从原文里原样复制)"
SAVE_ITEM = "检查并保存"
SAVED_ITEM = "已保存,通过了全部检查:{id}"
CHOOSE_ITEM = "请先选一道题。"
NOT_EDITABLE = "配对题和排序题不能改写,只能停用。"
TAKE_AWAY, CERTIFICATE, CERTIFICATE_FOR = "导出", "开学习证明(PDF)", "给谁开证明"
REPORTS = {"csv": "成绩 CSV", "xlsx": "成绩 Excel", "pdf": "打印报告 PDF"}
REPORT_NAME, CERTIFICATE_NAME = "成绩", "学习证明"
CHOOSE_LEARNER = "请先选一位学员。"

EVAL, RUN, RUNS, COMPARE = "评测", "跑一次", "看结果", "比较"
QUESTION_SET = "问题集"
START_RUN, STOP_RUN = "开始", "停止"
PROGRESS_OF_RUN = "进度"
RUNNING = "已问 {done}/{total} 题"
RAN = "{n} 题问完了,结果存为 {name}"
RUN_STOPPED = "已停止。问过的都留着,按“继续”接着问。"
RESUME_RUN = "继续"
CAUSE, ALL_WRONG, ALL_QUESTIONS = "原因", "所有没答对的", "全部"
VARIANTS, TRY = "并排试", "试一试"
VARIANTS_HINT = (
    "每一项可以选几种,组合起来并排比较。要比较别的向量模型,请管理员设 "
    'HUJIN_QA_OTHER_ENCODERS={"模型名或文件夹": "它的索引文件夹"}。'
)
ENCODER, CURRENT = "向量模型", "当前的"
NO_ENCODER = "没有这个向量模型。"
OTHER_DOCUMENTS = "{index} 是另一批文档的索引,不能放在一起比较。请用同样的文档重建它。"
FUSION, HITS, THRESHOLD, READER = "检索", "读几段(可写几个数)", "门槛(可写几个数)", "谁来作答"
OR_SET = "或者一个问题集(问题留空)"
TRYING = "第 {n}/{of} 种({name}):已问 {done}/{total} 题"
NOT_A_NUMBER = "“{text}”不行:请写 {low:g} 到 {high:g} 的数,几个数用空格隔开。"
NO_QUESTION = "请先写一个问题。"
CORRECT = "改标注"
QUESTION_ID, ANSWERABLE, WHY, SAVE = "题号", "文中有答案", "为什么改", "保存"
FACTS = "要点(一行一个,同一要点的几种写法用 | 隔开)"
EVIDENCE = "出处(一行一个:章节号或原文的一句)"
DAMAGED_LOG = "改动的记录 {path} 里有读不了的一行。请管理员改正它。"
SAVED_STATE = "保存情况"
CORRECTED = "已保存 {id}。之前的结果用的是旧标注,不能再与新的比较。"
LOOK = "打开"
BEFORE, AFTER = "之前", "现在"
NO_SET = "请先选一个问题集。"
NO_RUN = "请先选一次评测的结果。"
NO_TWO_RUNS = "比较要两次评测的结果,请在上面各选一次;不够两次的,请先到“跑一次”再跑一次。"
EVALUATORS_ONLY = "这一页只给评测的人看。"
