// Before anything is drawn: whether the page is in a frame of another page, which ?embed=1 says. Its layout is in embed.css.
if (new URLSearchParams(location.search).get('embed') === '1') document.documentElement.dataset.embed = '';
