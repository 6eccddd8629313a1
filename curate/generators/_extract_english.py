"""English words and phrasings of `extractive`: tables only."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Verbs that open an instruction. As the first word of a heading they ask how it is done.
VERBS = _words(
    """accept access accommodate accomplish achieve acknowledge acquire activate add adjust adopt advertise aggregate allocate allow
    alter amend analyze announce answer append apply appreciate
    appoint approve archive arrange ask assemble assess assign attach attend authenticate
    authorize automate avoid back become begin bind book borrow bring browse build buy calculate calibrate call cancel capture carry
    cast change charge check choose claim clarify classify clear clone close collaborate collect combine communicate compare compile
    complete compose compress compute conduct configure confirm connect construct consult contact contribute control convert cook
    copy correct count cover create customize cut deactivate deal debug decide declare decline decrypt define delegate delete
    deliver deploy describe detect determine develop diagnose disable disassemble disconnect discover discuss display dispose
    distribute divide document donate download draw drive drop duplicate earn edit elect email embed emit enable encourage encrypt
    end enforce engage enroll ensure enter erase escalate establish estimate evaluate examine exchange exclude execute exit expand
    explain export express extend extract facilitate file fill filter find finish fix fold follow force format forward free generate
    get give go grant grow guard handle harness help hide hire hold host identify ignore implement import improve include incorporate
    increase indent inform initialize insert inspect install integrate interact interpret introduce inventory invite invoke isolate
    issue join justify keep label launch learn lease leave lend let limit link list load locate lock log look lower maintain make manage
    map mark measure merge migrate minimize mirror modify monitor mount move name navigate negotiate nominate notify obtain offer
    onboard open operate optimize order organize override package park participate pass patch pay perform pick pivot place plan play
    post practice prepare present preserve prevent print prioritize process procure produce promote propose protect provide
    provision publish pull purchase push put query quit raise reach read rebuild recall receive recommend record recover recruit
    recycle redeem redirect reduce refer refill reformat refresh refund register reimburse reinstall reject release relocate remove
    rename render renew repair repeat replace report represent reproduce request require reschedule reserve reset resize resolve
    respond restart restore restrict retain retire retrieve return reuse revert review revise revoke rewrite roll rotate route run
    save scale scan schedule search secure select say sell send separate serve set share shift ship show sign simplify skip sort speak
    specify split sponsor spread stage start stop store structure study submit subscribe succeed suggest supply support suspend
    switch synchronize take talk teach tell terminate test think track train transfer transform translate transmit transport travel
    treat trigger troubleshoot turn type understand undo uninstall unlock unsubscribe untar update upgrade upload use utilize
    validate verify view visit volunteer wait warn wash watch withdraw work weigh welcome wrap write address back balance bill boost
    celebrate challenge collate commit consider deepen defend demonstrate designate dress empower engage enhance evolve finalize
    foster fund gain gather guide honor illustrate influence inspire intervene lead level leverage live map meet mentor mitigate
    model nurture observe outline own pair perceive pitch prep present prevent propose rank rate rebrand reconcile refine reflect
    relate rely report research respect retrain review reward scope seek shadow shape speed staff stay steer strengthen structure
    support sustain tailor target trust uncover unify value widen"""
)
# Of these, the ones that open as many names of things: "Travel policy", "Report format". They need a sign that an object follows.
NOUNISH = _words(
    """access account address back bill book build call cast change charge check claim contact control copy count cover cut deal
    display document draw drive drop email end exchange exit export file filter fold force format forward free grant guard help hire
    hold host import input insert inventory issue label launch lead limit link list load lock log look map mark measure mirror
    monitor mount name offer open order package park pass patch pay pick place plan play post practice present print process produce
    project promote provision pull purchase push query raise reach read recall record refill refund release repair repeat report
    request reserve reset return review roll route run scale scan schedule search secure serve set shift ship show sign sort speak
    split sponsor spread stage start stop store structure study supply support suspend switch talk test think track train transfer
    transport travel treat trigger turn type update upgrade upload use view visit volunteer wait wash watch work wrap leave lower
    clear complete close love rank rate scope shape shadow staff speed target trust value level lead live meet model fund guide
    honor influence own pair pitch prep present balance bill boost match dress empower"""
)
OBJECT_SIGNS = _words(
    """a an the your our my their his her all any each every other new another more this that these those up out off down what how who
    which where whether it them everything something anyone someone people leave"""
)
# These take their object with a preposition: "search for", but "plan for" and "list of" are names.
WITH_PREPOSITION = _words(
    "work talk think search look speak wait check sign deal play volunteer travel switch map link transfer release return"
)
PREPOSITIONS = _words("to from in on for with into through as against about via by between within out off at of")
# A gerund that is as often the name of a thing: "Training resources", "Billing codes".
NAMING_GERUNDS = _words(
    """consulting counseling training funding engineering onboarding meeting meetings billing pricing testing parking staffing timing
    planning building working recording reporting operating hiring processing managing marketing mapping publishing networking
    teaching advertising understanding warning setting settings beginning opening ending filing mailing following listing banking guiding
    housing clothing lighting heating printing programming accounting purchasing recruiting outstanding existing remaining upcoming
    ongoing supporting leading living learning reading writing speaking drawing shipping tracking monitoring scheduling rating
    roaming logging caching routing binding offering posting briefing hearing finding findings drafting packaging counting debugging
    profiling clustering embedding indexing loading scaling screening licensing manufacturing contracting subscribing recycling
    gaming coding sampling sourcing streaming trading walking exporting importing serving acting becoming being having doing going
    according including regarding concerning depending during considering pending missing using"""
)
# "Using X" asks how to use X.
CLEAR_GERUNDS = frozenset(
    {
        "using",
        "managing",
        "supporting",
        "understanding",
        "writing",
        "reading",
        "learning",
        "exporting",
        "importing",
        "becoming",
        "publishing",
    }
)

IRREGULAR = {
    "lying": "lie", "tying": "tie", "being": "be", "seeing": "see", "agreeing": "agree", "freeing": "free", "debugging": "debug",
    "travelling": "travel", "cancelling": "cancel", "labelling": "label", "modelling": "model",
}  # fmt: skip

GENERIC = _words(
    """amenities insite overview introduction intro notes note examples example summary background general details description about
    misc miscellaneous other others more resources references reference links appendix conclusion content contents faq faqs
    questions usage purpose scope getting-started quickstart basics tips discussion context preface abstract synopsis template
    templates definitions glossary history changelog contact contacts information info key home index readme main options parameters
    arguments returns return output input results result methods method step steps process procedure procedures guidelines guidance
    policy policies instructions requirements prerequisites setup installation configuration status type types size sizes format
    formats features goals objectives benefits limitations deliverables timeline schedule agenda attendees next other-resources"""
)
GENERIC_PHRASES = frozenset(
    """getting started, quick start, quick reference, further reading, additional resources, additional information, more information,
    see also, related links, other resources, how it works, how to, how do i, best practices, things to know, table of contents,
    next steps, key points, key takeaways, at a glance, frequently asked questions, general information, user guide, the basics, in
    general, general guidelines, tips and tricks, do's and don'ts, dos and don'ts, common questions, other considerations, general
    tips, main points, basic mechanics, step by step, the details, the process, the team, our team, questions?, selected speaking
    and presentations, volunteer work, additional training, specific guidance, general guidance, the problem, the solution, the
    approach, our approach, who we are, what we do, how we work, contact us, about us, key terms, important notes, important
    information""".replace("\n    ", " ").split(", ")
)

# A heading that names the part a section plays for what stands above it: asked of the heading above, {0}.
ROLES: dict[str, tuple[str, ...]] = {
    "overview": ("Can you give me an overview of {0}?", "Please give a short overview of {0}."),
    "introduction": ("Can you introduce {0}?", "Please give a short introduction to {0}."),
    "intro": ("Can you introduce {0}?",),
    "background": ("What is the background of {0}?", "Can you give some background on {0}?"),
    "purpose": ("What is the purpose of {0}?", "What purpose does {0} serve?"),
    "scope": ("What is the scope of {0}?",),
    "goal": ("What is the goal of {0}?",),
    "goals": ("What are the goals of {0}?",),
    "objectives": ("What are the objectives of {0}?",),
    "benefits": ("What are the benefits of {0}?",),
    "limitations": ("What are the limitations of {0}?",),
    "restrictions": ("What restrictions apply to {0}?",),
    "features": ("What are the features of {0}?", "Which features does {0} have?"),
    "prerequisites": ("What are the prerequisites for {0}?",),
    "requirements": ("What are the requirements for {0}?",),
    "eligibility": ("Who is eligible for {0}?", "What are the eligibility rules for {0}?"),
    "responsibilities": ("What are the responsibilities of {0}?",),
    "examples": ("Can you give some examples for {0}?",),
    "example": ("Can you give an example for {0}?",),
    "history": ("What is the history of {0}?",),
    "best practices": ("What are the best practices for {0}?",),
    "tips": ("What tips are there for {0}?",),
    "deliverables": ("What are the deliverables of {0}?",),
    "exceptions": ("What exceptions are there to {0}?",),
    "advantages": ("What are the advantages of {0}?",),
    "disadvantages": ("What are the disadvantages of {0}?",),
    "timeline": ("What is the timeline for {0}?",),
    "approval timeline": ("What is the approval timeline for {0}?",),
    "next steps": ("What are the next steps for {0}?",),
    "troubleshooting": ("How do I troubleshoot {0}?",),
    "installation": ("How do I install {0}?",),
    "configuration": ("How do I configure {0}?",),
    "usage": ("How do I use {0}?",),
}

HOW = ("How do I {0}?", "How can I {0}?", "How do I {0}?")
HOW_WE = ("How do we {0}?", "How can we {0}?")
STEPS = ("What are the steps to {0}?", "How do I {0}, step by step?", "Which steps do I follow to {0}?")
STEPS_WE = ("What are the steps to {0}?",)
ABOUT = ("What should I know about {0}?", "What can you tell me about {0}?")
SAYS = "What {0} say about {1}?"
PLURAL = ("What are the {0}?", "Which {0} are there?")
TERM = ("What does “{0}” mean?", "What is meant by “{0}”?")
IF_SHOULD = ("What should I do if {0}?", "What do I do if {0}?")
IF_CAN = ("What can I do if {0}?",)
SHOW = ("How do I {0}? Show an example.", "Give an example of how to {0}.")
COMMAND = ("Which command do I use to {0}?", "Give a command to {0}.", "What is the command to {0}?")

# After these words "you" turns into "me", else into "I".
TO_ME = _words(
    """to for with of by from about contact help give tell notify send email let ask assist gives tells between at remind inform send
    reimburse pay allow allows lets"""
)
EMPTY_WORDS = _words(
    """what when where which while with about from into your their have this that these those them they does should there know explain
    steps step example using general other more between before after during through guide overview page take takes long last lasts
    cost much many tell work make only give gives need needs want"""
)
QUESTION_WORDS = _words(
    """what how who when where why which can do does is are should will may must could would did has have am whom whose"""
)
COUNTABLE = _words(
    """balance allowance alliance appliance instance audience conference experience incident document statement agreement requirement
    department apartment appointment tournament element question session mission version commission permission option position
    station exception meeting building setting warning city facility university community activity entity opportunity page image
    message package language vantage village bandage ship scholarship membership mechanism organism disability vision division
    occasion"""
)
NOT_PLURAL = _words(
    """this process access address business progress news status basis analysis always series means focus sales canvas lens gas bus
    plus less does has was is its us news ethics politics mathematics physics analytics logistics"""
)
NOT_A_NAME = _words(
    """this that these those it they there here we you he she one what who each every some many most all any another other both if when
    where how why our your my their its no not note also remember today below above following first second last next currently only
    example sometimes often because since while although for in on at by with as to from but and or so then now anyone everyone
    someone people everything something nothing things is are was were be can will should must may might do does did has have had
    which whose than just even still yes i me us them him her reason goal point idea way result answer problem question thing part
    rest same key difference hope aim intent before after during unless until once let please make use see find get the"""
)
# After "X is a ...": what follows says little of what X is.
SAY_LITTLE = _words(
    """similar good great best better bad big small bit lot few must same only most more little number result case time first second
    third last next following important excellent easiest easy key perfect nice right wrong way one ones main primary default latest
    opposite reason exception given priority challenge problem issue place person step critical crucial valuable useful helpful huge
    major common quick simple real recommended preferred top point option"""
)
# "The ... for X is Y."
MEASURES = _words(
    """deadline cutoff cut-off fee cost price limit maximum minimum duration default capacity penalty rate frequency allowance length
    size number amount average address name purpose goal aim objective role"""
)
# Ends of nouns that take no article, and words among them that do.
MASS_ENDS = _words(
    """tion sion ment ance ence ity ness ing ship ism age care leave time work information software hardware equipment travel access
    support feedback data advice policy status law research money help privacy health mail pay staff content culture history design
    code life safety etiquette dress food transit insurance structure mileage"""
)
# Header cells: what does something, what means something, what a column may tell of a row.
DOERS = _words("command option flag switch function method script tool button action feature subcommand api endpoint service module")
SIGNS = _words(
    """parameter argument field variable attribute property setting key column term acronym abbreviation status code symbol metric
    label state value word type"""
)
ATTRIBUTES = _words(
    """value default size price cost fee rate limit version email e-mail phone address location owner date deadline
    range duration port path frequency author accuracy score category purpose length weight capacity amount budget salary population
    contact license licence memory abbreviation expansion synonym dosage material color colour"""
)
# What a thing that is broken does not do.
WORKINGS = _words(
    """move work start open close respond turn connect load appear print show boot fit ring light run charge send receive react stop
    update save sync display install log sign play scan"""
)
