BBBBBBB BBBBBBBBBBBBBBBBBBBB BBBB
BBBBB BBBBB gettext(u'Interview for %(opening)s') SSSSSSSSS SSS SSSSSSSSSSSBBBBBBBB
BBBBB BBBB
XXXXX XXXXXXXXXXXXX
  XXXXXXX XXXXXXXXXXXXXX
    XX XXXXXXXXXXXXXXXXBB BBBBBBBBB gettext(u'Welcome back') BBBB gettext(u'Interview invitation') BBBBBXXXX
    XXXX gettext(u'Hello %(candidate)s') SSSSS SSSSSSSSSSSSSXXXXX
    XX XXXXXXXXXXXXX gettext(u'This is your online interview for <strong>%(opening)s</strong>.') SSSS SS SSSS SSSSSS SSSSSSSSS SSS SSSSSSSSSSSSSSSSSSSSSSSSSSSSSXXXX
    BB BBBBBBBB
    XX XXXXXXXXXXXXXXX gettext(u'The interview opens on %(when)s at %(time)s. Please come back then.') SSS SSSSSSSSS SSSSS SS SSSSSSSS SS SSSSSSSSS SSSSSS SSSS SSSS SSSSSXXXX
    BBBB BBBBBBBBB BBB BBB BBBB
    XX XXXXXXXXXXXXX gettext(u'Please finish before %(when)s, %(time)s.') SSSSSS SSSSSS SSSSSS SSSSSSSSS SSSSSSSSSXXXX
    BBBBB
  XXXXXXXXX

  XXXXXXXX XXXXXXXXXXXX XXXXXXXXXXXXXXXXXXXXXXXXX
    XXXX XXXXXXXXXXXXXXXXXX
      XXX XXXXXXXXXXXX gettext(u'What will happen') XXXXX
      BB BBBBBBBXXXXX XXXXXXXXXXXX gettext(u'about %(minutes)s min') SSSSS SSSSSSSSSSS SSSXXXXXXXBBBBB
    XXXXXX
    XXX XXXXXXXXXXXXXXX
      BBB BBBBB BB BBBBBB
      XXXBB BBBBBBBBBBBBBB XXXXXXXXXXXXXXXXBBBBBX
        XXXXXXXXXXXXX
        XXXXXXXBB BBBBBBBBBBBBBB gettext(u'Saved') BBBB gettext(u'Questions: %(count)s') SSSSSSSSSS SSSSSSSSSBBBBBXXXXXXXX
      XXXXX
      BBBBBB
    XXXXX
  XXXXXXXXXX

  BB BBB BBBB
  XXXXXXXX XXXXXXXXXXXX XXXXXXXXXXXXXXXXXXXXXXX
    XXX XXXXXXXXXX gettext(u'Good to know') XXXXX
    XXX XXXXXXXXXXXXXX
      BB BBBBBBB
      XXXXBB BBBBB gettext(u'You answer by video, by voice or in writing, as you choose on the next page; nothing is recorded before.') BBBB gettext(u'You answer by voice or in writing, as you choose on the next page; nothing is recorded before.') BBBBBXXXXX
      XXXX gettext(u'Recordings are kept for %(keep_days)s days and then deleted. Only the people who take part in this application can play them.') SSSSSSSSSS SSS SSSS SSS SSSSSSSSSSSSS SSSS SSS SSSS SSSSSSSS SSSS SSS SSSSSS SSS SSSS SSSS SS SSSS SSSSSSSSSSS SSS SSSS SSSSSXXXXX
      XXXX gettext(u'Your answers are sent while you speak or write, and every finished stage is kept.') XXXXX
      BBBB
      XXXX gettext(u'You answer in writing. Nothing is recorded: neither sound nor picture.') XXXXX
      XXXX gettext(u'Your answers are saved while you write, and every finished stage is kept.') XXXXX
      BBBBB
      XXXX gettext(u'If the connection breaks, open this link again on any device and go on where you stopped.') XXXXX
      XXXX gettext(u'Please choose a quiet place and time: leaving halfway interrupts the interview.') XXXXX
      BB BBBBBBBBBBXXXXFFFFFFFFFFFFXXXXXBBBBB
    XXXXX
  XXXXXXXXXX
  BBBBB

  BBBBBBB BBBBBBBBBBBBBBBBBBB

  XXXXX XXXXXXXXXXXX XXXXXXXXXXXXXX
    BBBBBBBBBB
    XXXXXXX XXXXXXXXXXXXX XXXXXXXX XXXXXXXXXXXXXXBB BBBB gettext(u'See how it stands') BBBB BBBBBBBBB gettext(u'Go on with the interview') BBBB gettext(u'Enter the interview') BBBBBXXXXXXXXX
    BB BBB BBBB BBB BBB BBBBBBBBBXX XXXXXXXXXXXXX gettext(u'Nothing starts yet: you confirm once more on the next page.') XXXXBBBBB
  XXXXXXX
XXXXXXX
BBBBBBBB
