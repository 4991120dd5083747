/** What a screen reader says next to what it reads anyway: phases that end, not lines of a log. */
export class Announcer {
  text = $state('');

  say(text: string): void {
    // The same words twice would not be read again; a space more is not heard.
    this.text = this.text === text ? `${text}\u00a0` : text;
  }
}
