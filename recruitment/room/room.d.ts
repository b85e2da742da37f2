// What the page's modules promise each other and what the server gives them: read by the compiler and by people, served to
// nobody. The modules name these types in their comments.

declare const wx: { onHistoryBack?: (asked: () => boolean) => void } | undefined;

// What the worker is given beside a page's own.
declare function importScripts(address: string): void;
declare const Human: { Human: new (options: object) => Room.Human };

interface Window {
  webkitAudioContext?: typeof AudioContext;
}

interface Navigator {
  connection?: { effectiveType?: string };
  getBattery?: () => Promise<{ level: number; charging: boolean }>;
}

declare namespace Room {
  type Timer = ReturnType<typeof setTimeout> | undefined;
  type Refusal = import("./static/room/api.js").Refusal;

  // ---- what the server gives: state.py and views.py ------------------------------------------------------------------

  type Medium = "video" | "audio" | "file" | "text";

  interface StoredSegment {
    number: number;
    epoch: number;
    chunks: number;
    sha256: string[];
  }

  interface Question {
    id: number;
    text: string;
    kind: string;
    prepare_seconds: number | null;
    answer_seconds: number | null;
    voice?: { id: number; kind: "own" | "synthetic"; seconds: number } | null;
    answer: {
      revision?: number;
      text?: string;
      finished_at?: string | null;
      media?: string | null;
      segments?: StoredSegment[];
      probe?: { text: string } | null;
    } | null;
    may_probe?: boolean;
  }

  interface Stage {
    number: number;
    title: string;
    saved_at: string | null;
    questions: Question[];
  }

  interface Contact {
    note: string;
    state: string;
    asked_at: string;
    due_at: string;
    outcome: string | null;
    answer: string | null;
    closed_at: string | null;
  }

  interface Policy {
    allowed: Medium[];
    retake: boolean;
    max_bytes: number;
    left_bytes: number;
    keep_days: number;
  }

  /** The body of GET /room/api/state. */
  interface Interview {
    state: string;
    epoch: number;
    attempt: number;
    resume_until: string | null;
    media: Policy;
    consents: string[];
    contact: Contact | null;
    stages: Stage[];
  }

  /** What the page is given beside its sections. */
  interface Config {
    api: string;
    /** Where the plan asks for the consent and the library is there; else null. */
    faces: FacesConfig | null;
    interview: number;
    language: string;
    /** While two wordings are tried, the server hears of a wish to leave; "at_once": without a dialog, saved the same. */
    leaving: "" | "noted" | "at_once";
    max_text: number;
    resume_hours: number;
    time_zone: string;
    strings: Record<string, string>;
  }

  // ---- api.js --------------------------------------------------------------------------------------------------------

  /** A body, or what makes it anew before each try. */
  type Body = object | (() => object);

  interface Patience {
    timeout?: number;
    /** The tries after the first. */
    retries?: number;
    keepalive?: boolean;
    headers?: Record<string, string>;
  }

  interface Api {
    get(path: string, options?: Patience): Promise<any>;
    post(path: string, body: Body, options?: Patience): Promise<any>;
    put(path: string, body: Body, options?: Patience): Promise<any>;
    bytes(method: string, path: string, buffer: ArrayBuffer, headers: Record<string, string>, options?: Patience): Promise<any>;
  }

  type CreateApi = (base: string, ears: { onTrouble: () => void; onWell: () => void }) => Api;

  // ---- machine.js, life.js -------------------------------------------------------------------------------------------

  type Place = "loading" | "consent" | "check" | "takeover" | "return" | "running" | "done" | "ended" | "gone";

  interface State {
    place: Place;
    /** Ours while this page is the one that lives; null otherwise. */
    epoch: number | null;
    /** It asks for an epoch. */
    entering: boolean;
    /** The server is being told that the candidate leaves. */
    leaving: boolean;
    /** What follows once it has one: on with the open question, or the page left as it is. */
    then: "go_on" | "resume";
  }

  /** A refusal, as far as it decides anything; `used` is the epoch that the refused request carried. */
  interface No {
    status: number;
    code: string;
    used?: number;
    isHidden?: boolean;
  }

  /** What happens. `error` is for whoever performs what follows; the machine does not look at it. */
  type Happening = { error?: unknown } & (
    | { type: "loaded"; state: string; isOurs: boolean }
    | { type: "wants_in"; needsCheck: boolean }
    | { type: "entered"; epoch: number }
    | { type: "entry_refused"; no: No }
    | { type: "refused"; no: No }
    | { type: "unreachable" }
    | { type: "leaving" }
    | { type: "stays" }
    | { type: "left"; state: string }
    | { type: "over"; state: string }
  );

  /**
   * What is to be done, in this order. `stop`: nothing of this page lives on the server any more. `forget`: a reload does
   * not enter by itself. `complain`: say why, in the page's own words.
   */
  type Deed =
    | { do: "show"; place: Place; justLeft?: boolean }
    | {
        do:
          | "enter" | "live" | "go_on" | "resume" | "stop" | "forget" | "finish" | "complain" | "be_content" | "unsteady"
          | "load_and_go_on" | "load_and_complain";
      };

  interface Step {
    state: State;
    deeds: Deed[];
  }

  interface Life {
    epoch(): number | null;
    place(): Place;
    isEntering(): boolean;
    tell(event: Happening): void;
    /** The epoch under which this page may write, once it has one that is not `spent`; Over when it lives no more. */
    mayWrite(spent?: number): Promise<number>;
  }

  /** Keeps the state and performs what each event asks for; `perform` also gets the event, for its details. */
  type CreateLife = (perform: (deed: Deed, event: Happening) => void) => Life;

  interface Writes {
    post(path: string, body: () => object, options?: Patience): Promise<any>;
    put(path: string, body: () => object, options?: Patience): Promise<any>;
  }

  type CreateWrites = (parts: {
    api: Pick<Api, "post" | "put">;
    life: Pick<Life, "epoch" | "isEntering" | "mayWrite">;
    /** The server counts this page as away: it enters again when somebody is there. */
    onInterrupted: (error: Refusal, used: number) => void;
  }) => Writes;

  type CreateEntry = (parts: {
    api: Api;
    life: Life;
    memory: Memory;
    /** Describes this one. */
    device: () => object;
    load: () => Promise<unknown>;
    onRefusal: (error: unknown, used?: number) => void;
    onUnsteady: () => void;
    onHeard: () => void;
    onLost: (at: number) => void;
  }) => {
    enter(): void;
    wantIn(needsCheck: boolean, consents?: string[]): Promise<void>;
    live(): void;
    beat(): void;
    stop(): void;
  };

  /**
   * What became of a wish to leave: the state that the interview is in now, as far as it is known. Fails where the candidate
   * has to decide anew. `send` gets what was said to the server.
   */
  type LeaveRoom = (parts: {
    life: Pick<Life, "tell">;
    writes: Pick<Writes, "post">;
    wish: Wish;
    send: () => Promise<unknown>;
  }) => Promise<{ state?: string; resume_until?: string | null }>;

  type CreateMemory = (prefix: string) => Memory;

  interface Memory {
    recall(key: string): string | null;
    keep(key: string, value: string): void;
    entered(epoch: number): void;
    left(): void;
    wasHere(epoch: number): boolean;
  }

  // ---- heartbeat.js, presence.js, contact.js, handover.js, exit.js ---------------------------------------------------

  interface Heartbeat {
    now(): Promise<void>;
    stop(): void;
  }

  type StartHeartbeat = (parts: {
    api: Pick<Api, "post">;
    epoch: () => number | null;
    /** The server's 409, and the epoch that the beat carried. */
    onRefusal: (error: Refusal, used: number) => void;
    /** Nothing came through for fifteen seconds. */
    onUnsteady: () => void;
    onHeard: () => void;
    /** A beat that did not come through had begun then. */
    onLost: (at: number) => void;
  }) => Heartbeat;

  type WatchPresence = (parts: {
    url: string;
    /** The number to send; null when there is nothing to say. */
    epoch: () => number | null;
    /** Runs whenever the page comes back. */
    onWake: () => void;
    onHide: () => void;
  }) => { lost(at: number): void; forget(): void; heard(): void };

  /** `load` asks the server's state; `isWatching` says whether anybody looks. */
  type CreateContactNote = (parts: { load: () => Promise<Interview>; isWatching: () => boolean }) => {
    draw(contact: Contact | null): void;
    dismiss(): void;
  };

  interface Handover {
    renew(): Promise<void>;
    show(): Promise<void>;
    forget(): void;
  }

  type CreateHandover = (parts: { api: Api }) => Handover;

  interface Wish {
    choice: string;
    cause: string;
    note: string;
  }

  type CreateExitDialog = (parts: {
    /** These two tell the server. */
    contact: (note: string) => Promise<unknown>;
    leave: (wish: Wish) => Promise<unknown>;
    handover: Handover;
    onOpen: () => void;
    /** The candidate stays. */
    onClose: () => void;
  }) => { open(first?: string): void; close(): void };

  // ---- ledger.js, store.js, queue.js ---------------------------------------------------------------------------------

  interface Chunk {
    sha256: string;
    size: number;
    seconds: number;
    sent: boolean;
    again?: number;
  }

  /** Where a recording belongs; `epoch` is of the page that recorded it. */
  interface Whereabouts {
    interview: number;
    attempt: number;
    question: number;
    epoch: number | null;
  }

  interface Facts extends Whereabouts {
    medium: string;
    mime: string;
  }

  interface Segment extends Facts {
    id: string;
    number: number;
    openedAt: number;
    chunks: Chunk[];
    discarded: boolean;
    apart: boolean;
    isCut?: boolean;
    refusals?: number;
  }

  /** A segment of another device; `discarded` is what this one says of it. */
  interface Elsewhere extends StoredSegment {
    discarded?: boolean;
  }

  interface Listed {
    number: number;
    chunks: number;
    sha256: string[];
    discarded?: boolean;
  }

  interface Missing {
    segment: number;
    seq: number;
  }

  interface Waiting {
    chunks: number;
    seconds: number;
    bytes: number;
  }

  interface Ledger {
    of(question: number): Segment[];
    numbers(question: number): number[];
    isEarlier(segment: Segment): boolean;
    /** What another session of this browser left: of the present attempt, or of an earlier one. */
    recall(segment: Segment, attempt: number): void;
    open(facts: Facts): Segment;
    /** A segment that was dropped and gets one more piece after all. */
    readmit(segment: Segment): void;
    drop(segment: Segment): void;
    /** The chunk that is owed next: of the oldest segment the first that is not sent. */
    next(): { segment: Segment; seq: number } | null;
    /** What has nothing more to send; of the present attempt only when the interview is over. */
    done(isOver: boolean): Segment[];
    /** Another number, where the server has this one from another page. */
    renumber(segment: Segment, proposed: number): void;
    /** What the server's state names of an unfinished answer: another device may have recorded the beginning. */
    know(question: number, stored: StoredSegment[]): void;
    /** Of all questions without one. */
    waiting(question?: number): Waiting;
    /** What a question holds on this device, sent or not. */
    bytes(question: number): number;
    /** The segments of this device that are part of the answer, in order. */
    playable(question: number): Segment[];
    /** `own` are those of this device. */
    recorded(question: number): { segments: number; own: number; seconds: number };
    /** What the answer consists of, for the server to verify. */
    listed(question: number): Listed[];
    /** The server misses chunks: they are owed again; false when that is no use any more. */
    owe(question: number, missing: Missing[]): boolean;
    /** All of a question is no part of its answer any more. */
    discard(question: number): void;
  }

  interface Store {
    /** Every segment that this phone remembers, oldest first. */
    segments(): Promise<Segment[]>;
    /** The chunk is on disk when this resolves; false when it is only in memory. */
    keep(segment: Segment, seq: number, bytes: ArrayBuffer): Promise<boolean>;
    /** Undefined when the phone has lost them; an error when it only fails to read them now. */
    bytes(id: string, seq: number): Promise<ArrayBuffer | undefined>;
    note(segment: Segment): Promise<unknown>;
    /** The server has the chunk: memory is given back at once, the disk when the answer is finished. */
    sent(segment: Segment, seq: number): Promise<unknown>;
    forget(segment: Segment): Promise<unknown>;
  }

  type Work<T> = (segments: IDBObjectStore, chunks: IDBObjectStore) => IDBRequest<T>;
  type Transact = <T>(mode: IDBTransactionMode, durability: "strict" | "relaxed", work: Work<T>) => Promise<T>;

  interface Queue extends Pick<Ledger, "know" | "open" | "waiting" | "bytes" | "recorded" | "listed"> {
    load(interview: number, attempt: number): Promise<void>;
    /** The interview has ended: what still waits is sent, and nothing of it stays on this device. */
    end(): Promise<void>;
    /** Takes a piece of a recording; pieces without bytes are no pieces. */
    push(segment: Segment, blob: Blob, seconds: number): Promise<unknown>;
    settled(): Promise<unknown>;
    /** What this device holds of an answer: one file for each run of the recorder, as far as its beginning is there. */
    pieces(question: number): Promise<Blob[]>;
    /** The server has heard what was discarded, or takes too long to wait for it. */
    told(): Promise<unknown>;
    kick(): void;
    /** Resolves when nothing of the question waits any more. */
    drained(question: number): Promise<void>;
    /** The server misses chunks: send them again; false when that is no use any more. */
    resend(question: number, missing: Missing[]): Promise<boolean>;
    discard(question: number): Promise<void>;
    forget(question: number): Promise<void>;
  }

  type CreateQueue = (parts: {
    api: Pick<Api, "bytes">;
    store: Store;
    /** A write with the page's epoch. */
    post: (path: string, body: object) => Promise<unknown>;
    /** A chunk came or went. */
    onChange: () => void;
    /** What ends all sending: signed out, not offered. */
    onRefusal: (error: Refusal) => void;
    /** Why a segment stays out of the answer. */
    onApart: (error: Refusal) => void;
    /** The phone's storage fails. */
    onMemory: () => void;
  }) => Queue;

  // ---- recorder.js, takes.js, speak.js -------------------------------------------------------------------------------

  interface Run {
    type(): string;
    /** Resolves after the last piece. */
    stop(): Promise<void>;
  }

  /** Runs one recorder on a stream; `onData` gets its pieces. */
  type RunRecorder = (
    stream: MediaStream,
    quality: number,
    onData: (blob: Blob, seconds: number) => void,
    onBroken: () => void,
  ) => Run;

  interface Loss {
    what: "camera" | "microphone" | "hidden";
    wasRecording: boolean;
  }

  /** The kind that runs, that it stopped, what was taken away, a lower kind, the loudness, the time. */
  type Tell = (event: "recording" | "lower" | "stopped" | "lost" | "level" | "tick", detail?: any) => void;

  type CreateRecording = (parts: { queue: Queue; facts: () => Whereabouts; tell: Tell }) => {
    /** Opens camera and microphone; without a camera goes on with the microphone alone, and then resolves false. */
    prepare(): Promise<boolean>;
    start(): Promise<void>;
    stop(): Promise<void>;
    /** The page is hidden or left: what was said until now is kept, the camera is off. */
    suspend(): Promise<void>;
    close(): Promise<void>;
    setQuality(wanted: number): void;
    quality(): number;
    stream(): MediaStream | null;
    isRecording(): boolean;
    seconds(): number;
  };

  type Phase = "closed" | "opening" | "ready" | "recording" | "stopping" | "recorded" | "lost" | "failed" | "sending";

  interface Standing {
    phase: Phase;
    medium: string;
    /** Something is recorded. */
    has: boolean;
    /** Something is recorded on this device. */
    hasOwn: boolean;
    /** The time of the answer is used up. */
    isFull: boolean;
    mayRetake: boolean;
  }

  type Take = "record" | "stop" | "more" | "replay" | "retake" | "again" | "file";
  type TakesOf = (standing: Standing) => Record<Take, boolean>;
  /** The name of the sentence that says why a recording stops by itself; "" while it may go on. */
  type EndOf = (spent: number, limit: number, waiting: Pick<Waiting, "bytes" | "seconds">) => string;

  type CreateSleepWatch = () => {
    tick(now: number): void;
    start(now: number): void;
    /** Whether it slept just now; asked once for each sleep. */
    hasSlept(now: number): boolean;
  };

  type CreateReplay = (parts: {
    pieces: (question: number) => Promise<Blob[]>;
    /** The run that is played, and how many there are. */
    onPart: (number: number, count: number) => void;
  }) => {
    /** False when this device holds nothing of it. */
    open(question: number): Promise<boolean>;
    close(): void;
    isOpen(): boolean;
  };

  type CreateSpeakView = () => {
    /** `kind` is what is recorded: a picture, sound alone, or a file. */
    draw(standing: Standing, kind: string): void;
    say(text: string): void;
    /** The time that is left is said aloud at its marks, to whoever does not see the clock. */
    remind(left: number): void;
    /** No mark before this one is said. */
    begin(left: number): void;
    time(text: string): void;
    clock(spent: number, limit: number): void;
    /** `isSent`: something is there, and all of it is sent. */
    upload(waiting: Waiting, isSent: boolean): void;
    level(value: number): void;
    picture(stream: MediaStream | null, kind: string): void;
    noPicture(): void;
    /** The own recording stands in the place of the picture. */
    replaying(isOpen: boolean): void;
    /** Why the devices failed, for whoever looks into it. */
    why(error: unknown): void;
  };

  /**
   * "done": the server has the whole answer. "nothing": there is nothing to hand in. "left": the candidate is at another
   * question meanwhile. Fails with what the server refused.
   */
  type HandIn = (parts: {
    writes: Pick<Writes, "post">;
    queue: Pick<Queue, "drained" | "listed" | "resend" | "forget">;
    question: number;
    refresh: () => Promise<unknown>;
    isOpen: () => boolean;
  }) => Promise<"done" | "nothing" | "left">;

  interface Speaking {
    show(next: Question, wanted: Medium): Promise<void>;
    /** Ends what runs and gives the camera back; what was recorded stays. */
    hide(): Promise<void>;
    /** Resolves true when the server has the whole answer. */
    submit(): Promise<boolean>;
    /** Plays back what is recorded, or ends it. */
    replay(): Promise<void>;
    retake(): Promise<void>;
    again(): Promise<void>;
    record(): Promise<void>;
    stop(): Promise<void>;
    /** Nothing more of what is recorded gets through. */
    cutOff(): void;
    suspend(): Promise<void>;
    resume(): Promise<void>;
    drawWaiting(): void;
    isOpen(): boolean;
    isRecording(): boolean;
    startLower(quality: number): void;
  }

  type CreateSpeaking = (parts: {
    writes: Writes;
    queue: Queue;
    policy: () => Policy;
    /** What a segment carries. */
    facts: (question: Question) => Whereabouts;
    /** Asks the server's state again. */
    refresh: () => Promise<unknown>;
    onRefusal: (error: unknown) => void;
  }) => Speaking;

  // ---- answers.js, write.js, course.js, check.js ---------------------------------------------------------------------

  interface Draft {
    /** Resolves when the server has what is in the box, or when it is too long to be sent. */
    flush(): Promise<void>;
    flushQuietly(): Promise<unknown>;
    dirty(): boolean;
    finished(): void;
    close(): void;
  }

  /** The draft of one question, as long as it is shown. */
  type OpenDraft = (parts: {
    writes: Pick<Writes, "put">;
    key: string;
    question: Question;
    box: HTMLTextAreaElement;
    /** What is longer is kept on the phone and not sent. */
    most: number;
    onStatus: (kind: "saving" | "saved", when: Date) => void;
    onRefusal: (error: unknown) => void;
  }) => Draft;

  interface Writing {
    show(next: Question): void;
    hide(): void;
    /** Resolves true when the server has the answer and knows that it is finished. */
    submit(): Promise<boolean>;
    dirty(): boolean;
    flush(): Promise<void>;
    flushQuietly(): unknown;
  }

  type CreateWriting = (parts: {
    writes: Writes;
    keyOf: (question: Question) => string;
    onStatus: (text: string) => void;
    onRefusal: (error: unknown) => void;
  }) => Writing;

  type CreateCourse = (parts: {
    writes: Writes;
    queue: Queue;
    speaking: Speaking;
    writing: Writing;
    /** What the server said last. */
    room: () => Interview;
    /** Asks it again. */
    load: () => Promise<unknown>;
    medium: () => Medium;
    showStatus: (text: string) => void;
    isEnded: () => boolean;
    /** These two choose another section. */
    onEnd: () => void;
    onUnclear: () => void;
    onRefusal: (error: unknown) => void;
  }) => {
    goOn(): void;
    answerBy(way: Medium): Promise<void>;
    submit(): Promise<void>;
    close(): Promise<void>;
    open(): { stage: Stage; question: Question } | null;
  };

  /** Where a question stands, and the name of the sentence that says what handing it in does. */
  type PlaceOf = (stages: Stage[], stage: Stage, question: Question) => { number: number; count: number; next: string };

  interface Found {
    camera?: string;
    microphone?: string;
    type?: string;
    upload_kbps?: number;
  }

  interface Check {
    run(): Promise<void>;
    close(): void;
    chosen(): string;
    openPractice(): Promise<void>;
    startPractice(): void;
    endPractice(): Promise<void>;
    /** The quality to begin with, as the line bears it. */
    startQuality(): number;
    report(): object;
    show(): void;
  }

  /** `allowed` is the ladder of the opening; what is found out about the device is never of use to the score. */
  type CreateCheck = (parts: { api: Api; allowed: Medium[] }) => Check;

  // ---- later.js, voice.js --------------------------------------------------------------------------------------------------------

  type CreateListening = (parts: {
    open: () => { question: Question } | null;
    isRecording: () => boolean;
    api: Pick<Api, "put" | "post">;
    epoch: () => number | null;
    queue: Pick<Queue, "waiting" | "recorded">;
  }) => {
    /** Fetches what it takes where a question has a voice, and where this candidate agreed that faces are noted. */
    know(room: Interview): void;
    hear(): Promise<void>;
    /** Takes the consent to faces back. */
    withdraw(): Promise<void>;
  };

  interface Voice {
    /** Plays it, or stops it where it is being played. Never fails: what cannot be played says so. */
    hear(question: Question): Promise<void>;
  }

  /** `isWanted`: this is still the question that is shown, and nothing is being recorded. */
  type CreateVoice = (parts: { api: string; isWanted: (question: Question) => boolean }) => Voice;

  // ---- faces.js, facework.js -------------------------------------------------------------------------------------------

  interface FacesConfig {
    /** The worker's address; the library lies beside it. */
    worker: string;
    /** A head turned further counts as turned. */
    degrees: number;
  }

  /** What the worker says of a frame: how many faces, and how far the largest is turned, in degrees. */
  interface Judged {
    faces: number;
    turned: number;
  }

  /** Of the library, what the worker asks. */
  interface Human {
    load(): Promise<unknown>;
    detect(frame: ImageBitmap): Promise<{
      face: { box: number[]; rotation?: { angle: { yaw: number; pitch: number } } | null }[];
    }>;
  }

  type NotMeasured = "slow" | "lagging" | "saving" | "unsupported" | "failed";

  interface Tally {
    add(said: Judged): void;
    /** Nothing is said of the answer but why. */
    stop(why: NotMeasured): void;
    isStopped(): boolean;
    said(): object | null;
  }

  type CreateTally = (degrees: number) => Tally;

  type Costs = (now: {
    late: number;
    waiting: number;
    battery: { level: number; charging: boolean } | null;
    took: number;
  }) => NotMeasured | "";

  interface Faces {
    /** Stops at once, and the server deletes what was counted. */
    withdraw(): Promise<void>;
    /** The consent was taken back on another page: it stops at once. */
    takenBack(): void;
  }

  type CreateFaces = (parts: {
    config: FacesConfig;
    api: Pick<Api, "put" | "post">;
    epoch: () => number | null;
    open: () => { question: Question } | null;
    isRecording: () => boolean;
    queue: Pick<Queue, "waiting" | "recorded">;
    video: () => HTMLVideoElement;
  }) => Faces;

  // ---- view.js, sections.js, devices.js, film.js -----------------------------------------------------------------------

  type Say = (name: string, values?: Record<string, string | number>) => string;
  type Words = (moment: string | number | Date) => string;
  type Fill = (values: Record<string, string | null>, root?: ParentNode) => void;
  type Choose = (name: string, meant: string, root?: ParentNode) => void;
  type Busy = (button: HTMLElement, work: () => unknown) => Promise<void>;
  type DrawSteps = (stages: Stage[], open: Stage) => void;
  type ShowPlace = (place: Place, room: Interview, justLeft: boolean) => void;
  /** `unsent` are the seconds that are not uploaded. */
  type FillExit = (room: Interview, unsent: number) => void;
  type GuardBack = (isGuarding: () => boolean, open: () => void) => { arm(): void };
  /** `used` is the epoch that was refused. */
  type NoOf = (error: unknown, used?: number) => No;

  interface Quality {
    kind: "video" | "audio";
    bits: number;
    video: { width: number; height: number } | null;
  }

  type WatchTracks = (stream: MediaStream, onLost: (what: "camera" | "microphone") => void) => () => void;
  type MeasureLevel = (stream: MediaStream, onLevel: (level: number) => void) => () => void;
  type MostBytes = (policy: { max_bytes: number; left_bytes: number }, held: number) => number;
  type TakeFile = (
    queue: Pick<Queue, "recorded" | "discard" | "told" | "open" | "push">,
    file: File,
    facts: Whereabouts,
  ) => Promise<void>;
}
