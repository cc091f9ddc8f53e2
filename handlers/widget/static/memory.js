// Where the session's token lives: this browser's storage for our frame, or only this page when storage is blocked.

export class Memory {
  constructor(city) {
    this.key = `madoguchi:${city}:session`;
    this.session = this.read();
  }

  read() {
    try {
      return window.localStorage.getItem(this.key);
    } catch {
      return null;
    }
  }

  keep(session) {
    this.session = session;
    try {
      window.localStorage.setItem(this.key, session);
    } catch {
      // Storage is blocked: the talk lasts as long as the page does.
    }
  }
}
